namespace Distributed.Training.Inference.Output;

/// <summary>A file format of embeddings, written from the first row to the last to a stream that the caller owns.</summary>
public interface IEmbeddingWriter
{
    /// <summary>Adds rows.</summary>
    /// <param name="texts">What was encoded, a text for each row.</param>
    /// <param name="embeddings">[texts, dim], the same dim in every call.</param>
    void Write(IReadOnlyList<string> texts, EmbeddingMatrix embeddings);

    /// <summary>Ends the file. Without this call it is not valid.</summary>
    void Complete();
}
