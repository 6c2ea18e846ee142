using System.Text.Json;
using Distributed.Jobs.Losses;

namespace Distributed.ReferenceCheck;

/// <summary>Translates a loss of the peer, by class name and arguments, into this product's options.</summary>
internal static class PeerLoss
{
    /// <summary>The options; or null, and what is missing.</summary>
    public static LossOptions? Translate(string loss, JsonElement arguments, out string missing)
    {
        missing = "";
        LossOptions? options = loss switch
        {
            "MultipleNegativesRankingLoss" or "CachedMultipleNegativesRankingLoss" => new RankingLossOptions { MaskFalseNegatives = false },
            "BatchHardTripletLoss" => new MinedTripletLossOptions(),
            "BatchHardSoftMarginTripletLoss" => new MinedTripletLossOptions { SoftMargin = true },
            _ => null,
        };
        if (options is null)
        {
            missing = loss;
            return null;
        }

        foreach (var argument in arguments.EnumerateObject())
        {
            if (Set(options, argument) is { } changed)
            {
                options = changed;
                continue;
            }

            missing = $"{loss} with {argument.Name} = {argument.Value.ToString().ReplaceLineEndings("")}";
            return null;
        }

        return options;
    }

    /// <summary>
    /// Precision of the peer's gradient in a float64 run. Its cached losses keep the gradient of the embeddings in float32 even there: all
    /// stored entries are float32 numbers.
    /// </summary>
    public static double GradientPrecision(string loss) => loss.StartsWith("Cached", StringComparison.Ordinal) ? 1e-6 : 0;

    private static LossOptions? Set(LossOptions options, JsonProperty argument) => (options, argument.Name, argument.Value.ToString()) switch
    {
        (RankingLossOptions ranking, "scale", _) => ranking with { Scale = argument.Value.GetDouble() },
        (RankingLossOptions ranking, "similarity_fct", "cos_sim") => ranking with { Similarity = Similarity.Cosine },
        (RankingLossOptions ranking, "similarity_fct", "dot_score") => ranking with { Similarity = Similarity.Dot },
        (MinedTripletLossOptions triplets, "margin", _) => triplets with { Margin = argument.Value.GetDouble() },
        (MinedTripletLossOptions triplets, "distance", "eucledian") => triplets with { Distance = Distance.Euclidean },
        (MinedTripletLossOptions triplets, "distance", "cosine") => triplets with { Distance = Distance.Cosine },
        (_, "mini_batch_size" or "gather_across_devices", _) => options, // how the peer computes, not what
        _ => null,
    };
}
