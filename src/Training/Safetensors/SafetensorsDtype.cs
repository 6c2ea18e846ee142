using TorchSharp;

namespace Distributed.Training.Safetensors;

/// <summary>Element types of the format, in the order in which a writer sorts tensors: widest last.</summary>
internal enum SafetensorsDtype
{
    BOOL,
    U8,
    I8,
    F16,
    BF16,
    I32,
    F32,
    F64,
    I64,
}

/// <summary>What an element type is in memory.</summary>
internal static class SafetensorsDtypes
{
    extension(SafetensorsDtype dtype)
    {
        /// <summary>Bytes of an element.</summary>
        public int Size => dtype switch
        {
            SafetensorsDtype.BOOL or SafetensorsDtype.U8 or SafetensorsDtype.I8 => 1,
            SafetensorsDtype.F16 or SafetensorsDtype.BF16 => 2,
            SafetensorsDtype.I32 or SafetensorsDtype.F32 => 4,
            _ => 8,
        };

        /// <summary>The same type in libtorch.</summary>
        public torch.ScalarType ScalarType => dtype switch
        {
            SafetensorsDtype.BOOL => torch.ScalarType.Bool,
            SafetensorsDtype.U8 => torch.ScalarType.Byte,
            SafetensorsDtype.I8 => torch.ScalarType.Int8,
            SafetensorsDtype.F16 => torch.ScalarType.Float16,
            SafetensorsDtype.BF16 => torch.ScalarType.BFloat16,
            SafetensorsDtype.I32 => torch.ScalarType.Int32,
            SafetensorsDtype.F32 => torch.ScalarType.Float32,
            SafetensorsDtype.F64 => torch.ScalarType.Float64,
            _ => torch.ScalarType.Int64,
        };
    }

    /// <summary>The file's name of a type of libtorch.</summary>
    public static SafetensorsDtype Of(torch.ScalarType type)
        => Enum.GetValues<SafetensorsDtype>().Where(dtype => dtype.ScalarType == type).Cast<SafetensorsDtype?>().FirstOrDefault()
            ?? throw new NotSupportedException($"safetensors: no {type} here");
}
