namespace Distributed.Training.Inference.Quantization;

/// <summary>The smallest and the largest value of each dimension over some embeddings.</summary>
public sealed class DimensionRanges
{
    private readonly float[] _least;
    private readonly float[] _most;

    /// <summary>Those of no embedding.</summary>
    /// <param name="dim">Dimension of an embedding.</param>
    public DimensionRanges(int dim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        (_least, _most) = (new float[dim], new float[dim]);
    }

    /// <summary>Number of embeddings.</summary>
    public long Count { get; private set; }

    /// <summary>Dimension of an embedding.</summary>
    public int Dim => _least.Length;

    /// <summary>Smallest value by dimension.</summary>
    public ReadOnlySpan<float> Least => _least;

    /// <summary>Largest value by dimension.</summary>
    public ReadOnlySpan<float> Most => _most;

    /// <summary>Takes embeddings in; their order makes no difference.</summary>
    /// <param name="embeddings">Finite numbers, [any, <see cref="Dim"/>].</param>
    public void Add(EmbeddingMatrix embeddings)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(embeddings.Dim, Dim);
        for (var row = 0; row < embeddings.Count; row++)
        {
            var values = embeddings.Row(row);
            if (Count++ == 0)
            {
                values.CopyTo(_least);
                values.CopyTo(_most);
                continue;
            }

            for (var i = 0; i < values.Length; i++)
            {
                _least[i] = MathF.Min(_least[i], values[i]);
                _most[i] = MathF.Max(_most[i], values[i]);
            }
        }
    }
}
