using Distributed.Jobs.Losses;
using Distributed.Training.Losses.Custom;
using Distributed.Training.Losses.Pairs;
using Distributed.Training.Losses.Ranking;
using Distributed.Training.Losses.Triplets;

namespace Distributed.Training.Losses;

/// <summary>Makes the loss that a job names.</summary>
public static class EmbeddingLoss
{
    /// <summary>The loss of <paramref name="options"/>.</summary>
    /// <exception cref="LossException">A loss of the user's cannot be made.</exception>
    public static IEmbeddingLoss Create(LossOptions options) => options.Matryoshka is { } matryoshka
        ? new MatryoshkaLoss(CreateWhole(options), matryoshka)
        : CreateWhole(options);

    private static IEmbeddingLoss CreateWhole(LossOptions options) => options switch
    {
        RankingLossOptions ranking => new MultipleNegativesRankingLoss(ranking),
        MinedTripletLossOptions { Mining: TripletMining.BatchAll } triplets => new BatchAllTripletLoss(triplets),
        MinedTripletLossOptions { Mining: TripletMining.BatchSemiHard } triplets => new BatchSemiHardTripletLoss(triplets),
        MinedTripletLossOptions triplets => new BatchHardTripletLoss(triplets),
        ContrastiveLossOptions { Online: true } pairs => new OnlineContrastiveLoss(pairs.Distance, pairs.Margin),
        ContrastiveLossOptions pairs => new ContrastiveLoss(pairs.Distance, pairs.Margin, pairs.Sum),
        ScoreLossOptions { Objective: ScoreObjective.CoSent } pairs => new CoSENTLoss(pairs.Scale),
        ScoreLossOptions { Objective: ScoreObjective.AnglE } pairs => new AnglELoss(pairs.Scale),
        ScoreLossOptions => new CosineSimilarityLoss(),
        CustomLossOptions custom => CustomLoss.Create(custom),
        TripletLossOptions triplets => new TripletLoss(triplets),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown kind of loss."),
    };
}
