namespace Distributed.Training.Inference.Output;

/// <summary>
/// A header of fixed size, then the rows. The number of rows is known at the end only, so the header is written last and the stream must seek.
/// </summary>
/// <param name="stream">Empty, at its start.</param>
/// <param name="headerBytes">Room for the header of any shape.</param>
public abstract class HeadedMatrixWriter(Stream stream, int headerBytes) : IEmbeddingWriter
{
    private long _count;
    private EmbeddingRows? _first;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<string> texts, EmbeddingRows rows, CancellationToken cancellationToken)
    {
        if (_first is null)
            await stream.WriteAsync(new byte[headerBytes], cancellationToken);
        _first ??= rows with { Data = default };
        await stream.WriteAsync(rows.Data, cancellationToken);
        _count += rows.Count;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        var shape = _first ?? throw new InvalidOperationException("no rows have named their type");
        var header = new byte[headerBytes];
        WriteHeader(header, shape.Type, _count, shape.Columns);
        stream.Position = 0;
        await stream.WriteAsync(header, cancellationToken);
    }

    /// <summary>Fills the whole header.</summary>
    protected abstract void WriteHeader(Span<byte> header, ElementType type, long rows, int columns);
}
