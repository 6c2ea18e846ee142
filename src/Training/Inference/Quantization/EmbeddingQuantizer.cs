using System.Runtime.InteropServices;
using Distributed.Training.Inference.Output;

namespace Distributed.Training.Inference.Quantization;

/// <summary>Embeddings in fewer bits, number for number as sentence-transformers' <c>quantize_embeddings</c> has them (its float16 is NumPy's).</summary>
public static class EmbeddingQuantizer
{
    private const int Steps = 255;
    private const int Offset = 128; // of signed bytes

    /// <summary>Whether a dtype needs ranges.</summary>
    public static bool NeedsRanges(EmbeddingDtype dtype) => dtype is EmbeddingDtype.Int8 or EmbeddingDtype.UInt8;

    /// <summary>The rows of a file.</summary>
    /// <param name="embeddings">Finite numbers.</param>
    /// <param name="dtype">What becomes of them.</param>
    /// <param name="ranges">For <see cref="NeedsRanges"/>: values outside them get the first or last step.</param>
    /// <exception cref="InvalidDataException">A number is too large for float16.</exception>
    public static EmbeddingRows Quantize(EmbeddingMatrix embeddings, EmbeddingDtype dtype, DimensionRanges? ranges = null)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        return dtype switch
        {
            EmbeddingDtype.Float32 => new(ElementType.Float32, embeddings.Dim, MemoryMarshal.AsBytes<float>(embeddings.Values).ToArray()),
            EmbeddingDtype.Float16 => new(ElementType.Float16, embeddings.Dim, Halves(embeddings.Values)),
            EmbeddingDtype.Int8 => new(ElementType.Int8, embeddings.Dim, Bytes(embeddings, ranges, Offset)),
            EmbeddingDtype.UInt8 => new(ElementType.UInt8, embeddings.Dim, Bytes(embeddings, ranges, 0)),
            EmbeddingDtype.Binary => new(ElementType.Int8, PackedColumns(embeddings.Dim), Bits(embeddings, Offset)),
            _ => new(ElementType.UInt8, PackedColumns(embeddings.Dim), Bits(embeddings, 0)),
        };
    }

    private static int PackedColumns(int dim) => (dim + 7) / 8;

    private static byte[] Halves(float[] values)
    {
        var bytes = new byte[values.Length * sizeof(ushort)];
        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan());
        for (var i = 0; i < values.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (Half.IsInfinity(halves[i]))
                throw new InvalidDataException($"an embedding holds {values[i]}, which float16 has no room for: normalise, or choose another dtype");
        }

        return bytes;
    }

    // floor((x - least) / step) in float32; a dimension that never varies has steps of 1.
    private static byte[] Bytes(EmbeddingMatrix embeddings, DimensionRanges? ranges, int offset)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentOutOfRangeException.ThrowIfNotEqual(embeddings.Dim, ranges.Dim, nameof(ranges));
        var least = ranges.Least;
        var steps = new float[ranges.Dim];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = (ranges.Most[i] - least[i]) / Steps is var step && step == 0 ? 1 : step;

        var bytes = new byte[embeddings.Values.Length];
        for (var row = 0; row < embeddings.Count; row++)
        {
            var values = embeddings.Row(row);
            for (var i = 0; i < values.Length; i++)
                bytes[row * values.Length + i] = (byte)((int)Math.Clamp(MathF.Floor((values[i] - least[i]) / steps[i]), 0, Steps) - offset);
        }

        return bytes;
    }

    private static byte[] Bits(EmbeddingMatrix embeddings, int offset)
    {
        var columns = PackedColumns(embeddings.Dim);
        var bytes = new byte[embeddings.Count * columns];
        for (var row = 0; row < embeddings.Count; row++)
        {
            var packed = bytes.AsSpan(row * columns, columns);
            var values = embeddings.Row(row);
            for (var i = 0; i < values.Length; i++)
                if (values[i] > 0)
                    packed[i / 8] |= (byte)(0x80 >> (i % 8));
            for (var i = 0; i < packed.Length; i++)
                packed[i] = (byte)(packed[i] - offset);
        }

        return bytes;
    }
}
