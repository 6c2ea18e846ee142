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

    /// <summary>Refuses numbers that are not finite.</summary>
    /// <param name="texts">What was encoded, a text for each row.</param>
    /// <exception cref="EmbeddingNotFiniteException">A row holds one; it names the first such text.</exception>
    public void RequireFinite(IReadOnlyList<string> texts)
    {
        for (var row = 0; row < Count; row++)
            foreach (var value in Row(row))
                if (!float.IsFinite(value))
                    throw new EmbeddingNotFiniteException(texts[row]);
    }
}
