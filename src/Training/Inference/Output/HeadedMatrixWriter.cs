using System.Runtime.InteropServices;

namespace Distributed.Training.Inference.Output;

/// <summary>
/// A header of fixed size, then the rows as little-endian float32. The number of rows is known at the end only, so the header is written last
/// and the stream must seek.
/// </summary>
/// <param name="stream">Empty, at its start.</param>
/// <param name="headerBytes">Room for the header of any shape.</param>
public abstract class HeadedMatrixWriter(Stream stream, int headerBytes) : IEmbeddingWriter
{
    private long _rows;
    private int _dim;

    /// <inheritdoc/>
    public void Write(IReadOnlyList<string> texts, EmbeddingMatrix embeddings)
    {
        if (_dim == 0) // nothing was written yet
            stream.Write(new byte[headerBytes]);
        stream.Write(MemoryMarshal.AsBytes<float>(embeddings.Values));
        _rows += texts.Count;
        _dim = embeddings.Dim;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        var header = new byte[headerBytes];
        WriteHeader(header, _rows, _dim);
        stream.Position = 0;
        stream.Write(header);
    }

    /// <summary>Fills the whole header.</summary>
    protected abstract void WriteHeader(Span<byte> header, long rows, int columns);
}
