using System.Buffers.Binary;
using System.Text;

namespace Distributed.Training.Inference.Output;

/// <summary>Safetensors with one tensor, <c>embeddings</c>, [texts, columns]. Its header ends in blanks, as the format allows.</summary>
public sealed class SafetensorsEmbeddingWriter(Stream stream) : HeadedMatrixWriter(stream, HeaderBytes)
{
    private const int HeaderBytes = 256;

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> header, ElementType type, long rows, int columns)
    {
        var bytes = rows * columns * EmbeddingRows.SizeOf(type);
        var json = $$$"""{"embeddings":{"dtype":"{{{Name(type)}}}","shape":[{{{rows}}},{{{columns}}}],"data_offsets":[0,{{{bytes}}}]}}""";
        BinaryPrimitives.WriteInt64LittleEndian(header, HeaderBytes - sizeof(long));
        Encoding.ASCII.GetBytes(json.PadRight(HeaderBytes - sizeof(long)), header[sizeof(long)..]);
    }

    private static string Name(ElementType type) => type switch
    {
        ElementType.Float32 => "F32",
        ElementType.Float16 => "F16",
        ElementType.Int8 => "I8",
        _ => "U8",
    };
}
