using System.Text;

namespace Distributed.Training.Inference.Output;

/// <summary>NumPy's <c>.npy</c>, version 1.0: [texts, columns].</summary>
public sealed class NumpyEmbeddingWriter(Stream stream) : HeadedMatrixWriter(stream, HeaderBytes)
{
    // Magic, version, length and dictionary; the format wants a multiple of 64.
    private const int HeaderBytes = 128;

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> header, ElementType type, long rows, int columns)
    {
        ReadOnlySpan<byte> magicAndVersion = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magicAndVersion.CopyTo(header);
        var start = magicAndVersion.Length + sizeof(ushort);
        header[magicAndVersion.Length] = (byte)(HeaderBytes - start);
        var dictionary = $"{{'descr': '{Name(type)}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}";
        Encoding.ASCII.GetBytes(dictionary.PadRight(HeaderBytes - start - 1) + '\n', header[start..]);
    }

    // A bar where there is no order of bytes.
    private static string Name(ElementType type) => type switch
    {
        ElementType.Float32 => "<f4",
        ElementType.Float16 => "<f2",
        ElementType.Int8 => "|i1",
        _ => "|u1",
    };
}
