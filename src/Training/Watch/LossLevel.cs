using Distributed.Jobs.Losses;

namespace Distributed.Training.Watch;

/// <summary>Where a margin loss gets stuck once it tells no text from another.</summary>
internal static class LossLevel
{
    /// <summary>
    /// The loss of a batch whose embeddings are all equal; null for a loss where that is no sign of anything. Batch-all is a mean over triplets that violate
    /// the margin, and batch-semi-hard takes negatives just beyond the positive: both are near the margin while the space does well.
    /// </summary>
    public static double? OfEqualEmbeddings(LossOptions options) => options switch
    {
        { Matryoshka: not null } => null, // a weighted sum of levels
        MinedTripletLossOptions { Mining: TripletMining.BatchHard } mined => mined.SoftMargin ? Math.Log(2) : mined.Margin,
        TripletLossOptions given => given.Margin,
        _ => null,
    };
}
