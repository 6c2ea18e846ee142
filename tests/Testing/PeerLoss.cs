using System.Text.Json;
using Distributed.Jobs.Losses;

namespace Distributed.Testing;

/// <summary>Translates a loss of the peer, sentence-transformers, by class name and arguments, into this product's options.</summary>
public static class PeerLoss
{
    /// <summary>The options; or null, and what is missing.</summary>
    public static LossOptions? Translate(string loss, JsonElement arguments, out string missing)
    {
        missing = loss;
        var options = loss == "MatryoshkaLoss" ? Inner(arguments, out missing) : OfClass(loss);
        foreach (var argument in arguments.EnumerateObject().Where(argument => options is not null && argument.Name != "inner"))
        {
            options = Set(options!, argument);
            if (options is null)
                missing = $"{loss} with {argument.Name} = {argument.Value.ToString().ReplaceLineEndings("")}";
        }

        return options;
    }

    /// <summary>
    /// Precision of the peer's gradient in a float64 run. Its cached losses keep the gradient of the embeddings in float32 even there: all
    /// stored entries are float32 numbers.
    /// </summary>
    public static double GradientPrecision(string loss, JsonElement arguments) =>
        loss.StartsWith("Cached", StringComparison.Ordinal) || (arguments.TryGetProperty("inner", out var inner) && inner[0].GetString()!.StartsWith("Cached", StringComparison.Ordinal))
            ? 1e-6
            : 0;

    private static LossOptions? Inner(JsonElement arguments, out string missing)
    {
        var inner = arguments.GetProperty("inner");
        return Translate(inner[0].GetString()!, inner[1], out missing) is { } options ? options with { Matryoshka = new MatryoshkaOptions { Dims = [] } } : null;
    }

    private static LossOptions? OfClass(string loss) => loss switch
    {
        "MultipleNegativesRankingLoss" or "CachedMultipleNegativesRankingLoss" => new RankingLossOptions { MaskFalseNegatives = false },
        "MultipleNegativesSymmetricRankingLoss" => new RankingLossOptions
        {
            MaskFalseNegatives = false,
            Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery,
            Partition = SoftmaxPartition.PerDirection,
        },
        "GISTEmbedLoss" => new RankingLossOptions
        {
            MaskFalseNegatives = false,
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.PositiveToPositive,
            ScoreMask = ScoreMask.Absolute,
            Guide = "guide",
            Scale = 100,
        },
        "BatchHardTripletLoss" => new MinedTripletLossOptions(),
        "BatchHardSoftMarginTripletLoss" => new MinedTripletLossOptions { SoftMargin = true },
        "BatchAllTripletLoss" => new MinedTripletLossOptions { Mining = TripletMining.BatchAll },
        "BatchSemiHardTripletLoss" => new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard },
        "TripletLoss" => new TripletLossOptions(),
        "ContrastiveLoss" => new ContrastiveLossOptions(),
        "OnlineContrastiveLoss" => new ContrastiveLossOptions { Online = true },
        "CosineSimilarityLoss" => new ScoreLossOptions(),
        "CoSENTLoss" => new ScoreLossOptions { Objective = ScoreObjective.CoSent },
        "AnglELoss" => new ScoreLossOptions { Objective = ScoreObjective.AnglE },
        _ => null,
    };

    private static LossOptions? Set(LossOptions options, JsonProperty argument) => (options, argument.Name) switch
    {
        (_, "mini_batch_size" or "gather_across_devices") => options, // how the peer computes, not what
        (_, "matryoshka_dims") =>
            options with { Matryoshka = options.Matryoshka! with { Dims = [.. argument.Value.EnumerateArray().Select(dim => dim.GetInt32())] } },
        (_, "matryoshka_weights") =>
            options with { Matryoshka = options.Matryoshka! with { Weights = [.. argument.Value.EnumerateArray().Select(weight => weight.GetDouble())] } },
        (RankingLossOptions ranking, _) => Set(ranking, argument),
        (MinedTripletLossOptions triplets, "margin") => triplets with { Margin = argument.Value.GetDouble() },
        (MinedTripletLossOptions triplets, "distance") => triplets with { Distance = DistanceOf(argument) },
        (TripletLossOptions triplets, "triplet_margin") => triplets with { Margin = argument.Value.GetDouble() },
        (TripletLossOptions triplets, "distance") => triplets with { Distance = DistanceOf(argument) },
        (ContrastiveLossOptions pairs, "margin") => pairs with { Margin = argument.Value.GetDouble() },
        (ContrastiveLossOptions pairs, "distance") => pairs with { Distance = DistanceOf(argument) },
        (ContrastiveLossOptions pairs, "size_average") => pairs with { Sum = !argument.Value.GetBoolean() },
        (ScoreLossOptions pairs, "scale") => pairs with { Scale = argument.Value.GetDouble() },
        _ => null,
    };

    private static RankingLossOptions? Set(RankingLossOptions ranking, JsonProperty argument) => (argument.Name, argument.Value.ToString()) switch
    {
        ("scale", _) => ranking with { Scale = argument.Value.GetDouble() },
        ("temperature", _) => ranking with { Scale = 1 / argument.Value.GetDouble() },
        ("similarity_fct", "cos_sim") => ranking with { Similarity = Similarity.Cosine },
        ("similarity_fct", "dot_score") => ranking with { Similarity = Similarity.Dot },
        ("directions", _) => ranking with { Directions = argument.Value.EnumerateArray().Aggregate(RankingDirections.None, (all, next) => all | DirectionOf(next.GetString()!)) },
        ("partition_mode", "joint") => ranking with { Partition = SoftmaxPartition.Joint },
        ("partition_mode", "per_direction") => ranking with { Partition = SoftmaxPartition.PerDirection },
        ("hardness_mode", "in_batch_negatives") => ranking with { Hardness = HardnessMode.InBatch },
        ("hardness_mode", "hard_negatives") => ranking with { Hardness = HardnessMode.Hard },
        ("hardness_mode", "all_negatives") => ranking with { Hardness = HardnessMode.All },
        ("hardness_strength", _) => ranking with { HardnessStrength = argument.Value.GetDouble() },
        ("margin_strategy", "absolute") => ranking with { ScoreMask = ScoreMask.Absolute },
        ("margin_strategy", "relative") => ranking with { ScoreMask = ScoreMask.Relative },
        ("margin", _) => ranking with { ScoreMaskMargin = argument.Value.GetDouble() },
        _ => null,
    };

    private static RankingDirections DirectionOf(string direction) => direction switch
    {
        "query_to_doc" => RankingDirections.QueryToDocument,
        "query_to_query" => RankingDirections.QueryToQuery,
        "doc_to_query" => RankingDirections.DocumentToQuery,
        "doc_to_doc" => RankingDirections.DocumentToDocument,
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "Unknown direction."),
    };

    private static Distance DistanceOf(JsonProperty argument) => argument.Value.GetString() switch
    {
        "eucledian" or "euclidean" => Distance.Euclidean, // the peer spells its batch losses' distance so
        "cosine" => Distance.Cosine,
        "manhattan" => Distance.Manhattan,
        var other => throw new ArgumentOutOfRangeException(nameof(argument), other, "Unknown distance."),
    };
}
