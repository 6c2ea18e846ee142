namespace Distributed.Jobs;

/// <summary>
/// Names of what the embedding watch measures: workers write them, the coordinator reads them. A figure that a batch has no answer to, such as the cosine of
/// pairs in a batch of one text, is left out. Every figure that is there is finite.
/// </summary>
public static class WatchFigures
{
    /// <summary>Distinct texts that the figures are over, at most 1,024.</summary>
    public const string Texts = "texts";

    /// <summary>Distinct classes of the batch; with labels only.</summary>
    public const string Classes = "classes";

    /// <summary>Embeddings of the batch that are not finite, which the other figures leave out.</summary>
    public const string NonFinite = "non_finite";

    /// <summary>Mean length of the embeddings.</summary>
    public const string NormMean = "norm_mean";

    /// <summary>Standard deviation of the embeddings' lengths.</summary>
    public const string NormSpread = "norm_spread";

    /// <summary>Root mean square distance of the embeddings to their centre.</summary>
    public const string Radius = "radius";

    /// <summary><see cref="Radius"/> over the root mean square length: 0 where all embeddings are one point, 1 where their centre is the origin.</summary>
    public const string RelativeRadius = "relative_radius";

    /// <summary>Mean cosine over all pairs of two texts.</summary>
    public const string MeanCosine = "mean_cosine";

    /// <summary>How many directions the embeddings use: from 1 to the dimension; 0 where all are zero.</summary>
    public const string EffectiveRank = "effective_rank";

    /// <summary>Mean squared distance of texts that belong together, on the unit sphere: 0 to 4, less is better.</summary>
    public const string Alignment = "alignment";

    /// <summary>How evenly the embeddings cover the unit sphere: −8 to 0, less is better, 0 where all are one direction.</summary>
    public const string Uniformity = "uniformity";

    /// <summary>Loss of the batch.</summary>
    public const string Loss = "loss";

    /// <summary>What the loss is where all embeddings are equal: the margin of batch-hard and of given triplets, ln 2 of the soft form; absent for other losses.</summary>
    public const string SaturatedLoss = "saturated_loss";

    /// <summary>Mean distance of an anchor to its farthest positive; batch-hard only.</summary>
    public const string HardestPositive = "hardest_positive";

    /// <summary>Mean distance of an anchor to its nearest negative; batch-hard only.</summary>
    public const string HardestNegative = "hardest_negative";

    /// <summary>Share of triplets whose loss is not 0; triplet losses only.</summary>
    public const string ActiveTriplets = "active_triplets";
}
