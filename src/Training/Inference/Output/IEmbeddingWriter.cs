namespace Distributed.Training.Inference.Output;

/// <summary>A file format of embeddings, written from the first row to the last to a stream that the caller owns.</summary>
public interface IEmbeddingWriter
{
    /// <summary>Adds rows.</summary>
    /// <param name="texts">What was encoded, a text for each row.</param>
    /// <param name="rows">Their embeddings, of the same type and number of columns in every call. A call without rows names these two.</param>
    /// <param name="cancellationToken">Ends it; the file is not valid then.</param>
    ValueTask WriteAsync(IReadOnlyList<string> texts, EmbeddingRows rows, CancellationToken cancellationToken);

    /// <summary>Ends the file, of which at least one call has named type and columns. Without this call it is not valid.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
