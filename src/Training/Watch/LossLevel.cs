using Distributed.Jobs.Losses;

namespace Distributed.Training.Watch;

/// <summary>Where a margin loss gets stuck once it tells no text from another.</summary>
internal static class LossLevel
{
    /// <summary>The loss of a batch whose embeddings are all equal; null for a loss where that is no sign of anything.</summary>
    public static double? OfEqualEmbeddings(LossOptions options) => options switch
    {
        { Matryoshka: not null } => null, // a weighted sum of levels
        MinedTripletLossOptions { Mining: TripletMining.BatchHard, SoftMargin: true } => Math.Log(2),
        MinedTripletLossOptions mined => mined.Margin,
        TripletLossOptions given => given.Margin,
        _ => null,
    };
}
