namespace Distributed.Training.Inference;

/// <summary>Embeddings of some texts, a row each, in the texts' order.</summary>
/// <param name="Values">Row after row, <paramref name="Dim"/> numbers each. Owned by the matrix.</param>
/// <param name="Dim">Dimension of an embedding.</param>
public sealed record EmbeddingMatrix(float[] Values, int Dim)
{
    /// <summary>Number of rows.</summary>
    public int Count => Values.Length / Dim;

    /// <summary>One embedding, [dim].</summary>
    public ReadOnlySpan<float> Row(int index) => Values.AsSpan(index * Dim, Dim);
}
