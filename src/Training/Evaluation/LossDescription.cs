using System.Globalization;
using Distributed.Jobs.Losses;

namespace Distributed.Training.Evaluation;

/// <summary>A loss in a model card.</summary>
internal static class LossDescription
{
    /// <summary>The class of sentence-transformers that is the same loss, which is what the Hub's tags hold.</summary>
    public static string PeerName(LossOptions loss) => loss switch
    {
        { Matryoshka: not null } => "MatryoshkaLoss",
        RankingLossOptions { Guide: not null } => "GISTEmbedLoss",
        RankingLossOptions { Partition: SoftmaxPartition.PerDirection } => "MultipleNegativesSymmetricRankingLoss",
        RankingLossOptions => "MultipleNegativesRankingLoss",
        MinedTripletLossOptions { Mining: TripletMining.BatchAll } => "BatchAllTripletLoss",
        MinedTripletLossOptions { Mining: TripletMining.BatchSemiHard } => "BatchSemiHardTripletLoss",
        MinedTripletLossOptions { SoftMargin: true } => "BatchHardSoftMarginTripletLoss",
        MinedTripletLossOptions => "BatchHardTripletLoss",
        TripletLossOptions => "TripletLoss",
        ContrastiveLossOptions { Online: true } => "OnlineContrastiveLoss",
        ContrastiveLossOptions => "ContrastiveLoss",
        ScoreLossOptions { Objective: ScoreObjective.CoSent } => "CoSENTLoss",
        ScoreLossOptions { Objective: ScoreObjective.AnglE } => "AnglELoss",
        ScoreLossOptions => "CosineSimilarityLoss",
        CustomLossOptions custom => custom.Type[(custom.Type.LastIndexOf('.') + 1)..],
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss.Kind, "Unknown kind of loss."),
    };

    /// <summary>One line about the loss.</summary>
    public static string Of(LossOptions loss)
    {
        var text = loss switch
        {
            RankingLossOptions ranking => Ranking(ranking),
            MinedTripletLossOptions triplets =>
                Text($"{triplets.Kind} triplet, {Lower(triplets.Distance)} distance, {(triplets.SoftMargin ? "soft margin" : Text($"margin {triplets.Margin}"))}{Normalized(triplets.Normalize)}"),
            TripletLossOptions triplets => Text($"given triplets, {Lower(triplets.Distance)} distance, margin {triplets.Margin}{Normalized(triplets.Normalize)}"),
            ContrastiveLossOptions pairs => Text($"{pairs.Kind}, {Lower(pairs.Distance)} distance, margin {pairs.Margin}"),
            ScoreLossOptions { Objective: not ScoreObjective.CosineSimilarity } pairs => Text($"{pairs.Kind}, scale {pairs.Scale}"),
            _ => loss.Kind,
        };
        return loss.Matryoshka is { } matryoshka ? $"{text}, at {string.Join(", ", matryoshka.Dims)} dimensions" : text;
    }

    private static string Ranking(RankingLossOptions ranking)
    {
        var learned = ranking.LearnScale ? ", learned" : "";
        var guide = ranking.Guide is { } folder ? $", guided by `{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}`" : "";
        var masked = ranking.MaskFalseNegatives ? ", equal texts are no negatives" : "";
        return Text($"multiple-negatives ranking ({ranking.Kind}), {Lower(ranking.Similarity)} × {ranking.Scale}{learned}{guide}{masked}");
    }

    private static string Normalized(bool normalize) => normalize ? ", embeddings normalised first" : "";

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
