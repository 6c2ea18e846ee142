using System.Text.Json;
using Distributed.Jobs;

namespace Distributed.ReferenceCheck;

/// <summary>Translates a loss of the peer, by class name and arguments, into this product's options.</summary>
internal static class PeerLoss
{
    /// <summary>The options; or null, and what is missing.</summary>
    public static LossOptions? Translate(string loss, JsonElement arguments, out string missing)
    {
        missing = "";
        var options = loss switch
        {
            "MultipleNegativesRankingLoss" or "CachedMultipleNegativesRankingLoss" => new LossOptions
            {
                Kind = LossKind.MultipleNegativesRanking,
                MaskFalseNegatives = false,
            },
            "BatchHardTripletLoss" => new LossOptions { Kind = LossKind.BatchHardTriplet },
            "BatchHardSoftMarginTripletLoss" => new LossOptions { Kind = LossKind.BatchHardTriplet, SoftMargin = true },
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

    private static LossOptions? Set(LossOptions options, JsonProperty argument) => (argument.Name, argument.Value.ToString()) switch
    {
        ("scale", _) => options with { Scale = argument.Value.GetDouble() },
        ("margin", _) => options with { Margin = argument.Value.GetDouble() },
        ("similarity_fct", "cos_sim") => options with { Similarity = Similarity.Cosine },
        ("similarity_fct", "dot_score") => options with { Similarity = Similarity.Dot },
        ("distance", "eucledian") => options with { Distance = Distance.Euclidean },
        ("distance", "cosine") => options with { Distance = Distance.Cosine },
        ("mini_batch_size" or "gather_across_devices", _) => options, // how the peer computes, not what
        _ => null,
    };
}
