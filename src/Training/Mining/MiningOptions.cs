using Distributed.Jobs.Losses;

namespace Distributed.Training.Mining;

/// <summary>
/// Which candidates become a query's negatives. Candidates are ranked by similarity, from 1; texts that are known to belong to the query have no rank.
/// With a relative margin of 0.05 this is TopK-PercPos of NV-Retriever (Moreira et al. 2024, arXiv 2407.15831).
/// </summary>
public sealed record MiningOptions
{
    /// <summary>Negatives of a query, at most. Default 1.</summary>
    public int Negatives { get; init; } = 1;

    /// <summary>First rank that is considered. Default 1, the most similar candidate.</summary>
    public int RankMin { get; init; } = 1;

    /// <summary>Last rank that is considered. Default 50.</summary>
    public int RankMax { get; init; } = 50;

    /// <summary>
    /// How much less similar than the query's positive, of several the least similar one, a negative has to be, and never equally similar. Default 0; null:
    /// it may be more similar.
    /// </summary>
    public double? Margin { get; init; } = 0;

    /// <summary>The same as a share of the positive's similarity, of its absolute value where that is negative. Default none.</summary>
    public double? RelativeMargin { get; init; }

    /// <summary>Most similarity of a negative. Default none.</summary>
    public double? MaxScore { get; init; }

    /// <summary>Least similarity of a negative. Default none.</summary>
    public double? MinScore { get; init; }

    /// <summary>Which of those that fit are taken. Default the most similar ones.</summary>
    public NegativeSampling Sampling { get; init; } = NegativeSampling.Top;

    /// <summary>Names the draws of <see cref="NegativeSampling.Random"/>. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Similarity of two embeddings. Default cosine.</summary>
    public Similarity Similarity { get; init; } = Similarity.Cosine;
}
