using Distributed.Jobs;

namespace Distributed.Training.Losses;

/// <summary>Makes the loss that a job names.</summary>
public static class EmbeddingLoss
{
    /// <summary>The loss of <paramref name="options"/>.</summary>
    public static IEmbeddingLoss Create(LossOptions options) => options.Kind switch
    {
        LossKind.MultipleNegativesRanking => new MultipleNegativesRankingLoss(options.Scale, options.Similarity, options.MaskFalseNegatives),
        LossKind.BatchHardTriplet => new BatchHardTripletLoss(options.Distance, options.Margin, options.SoftMargin, options.Mean),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown kind of loss."),
    };
}
