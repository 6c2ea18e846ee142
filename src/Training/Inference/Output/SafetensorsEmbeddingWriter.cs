using System.Buffers.Binary;
using System.Text;

namespace Distributed.Training.Inference.Output;

/// <summary>Safetensors with one tensor, <c>embeddings</c>, float32 [texts, dim]. Its header ends in blanks, as the format allows.</summary>
public sealed class SafetensorsEmbeddingWriter(Stream stream) : HeadedMatrixWriter(stream, HeaderBytes)
{
    private const int HeaderBytes = 256;

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> header, long rows, int columns)
    {
        var bytes = rows * columns * sizeof(float);
        var json = $$$"""{"embeddings":{"dtype":"F32","shape":[{{{rows}}},{{{columns}}}],"data_offsets":[0,{{{bytes}}}]}}""";
        BinaryPrimitives.WriteInt64LittleEndian(header, HeaderBytes - sizeof(long));
        Encoding.ASCII.GetBytes(json.PadRight(HeaderBytes - sizeof(long)), header[sizeof(long)..]);
    }
}
