using Distributed.Jobs.Losses;
using Distributed.Training.Losses.Ranking;

namespace Distributed.Training.Losses;

/// <summary>Makes the loss that a job names.</summary>
public static class EmbeddingLoss
{
    /// <summary>The loss of <paramref name="options"/>.</summary>
    public static IEmbeddingLoss Create(LossOptions options) => options switch
    {
        RankingLossOptions ranking => new MultipleNegativesRankingLoss(ranking),
        MinedTripletLossOptions triplets => new BatchHardTripletLoss(triplets.Distance, triplets.Margin, triplets.SoftMargin, triplets.Mean),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown kind of loss."),
    };
}
