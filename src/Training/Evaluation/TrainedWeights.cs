using System.Globalization;
using Distributed.Jobs;

namespace Distributed.Training.Evaluation;

/// <summary>What of a model was trained, in a model card's words.</summary>
internal static class TrainedWeights
{
    /// <summary>Describes it.</summary>
    public static string Describe(ModelCardFacts facts)
    {
        var trained = facts.TrainedParameters ?? facts.Parameters;
        var rates = string.Concat(facts.Job.Optimizer.Rates.Select(rate => Text($"; `{rate.Pattern}`: learning rate × {rate.Factor}{Decay(rate)}")));
        return Weights(facts.Job.Model, trained, facts.Parameters) + rates;
    }

    private static string Weights(ModelOptions model, long trained, long all) => model switch
    {
        { Lora: { } lora } => Text($"LoRA adapters of rank {lora.Rank}, alpha {lora.Alpha}, dropout {lora.Dropout}: {trained:N0} weights"),
        { Adapter: { } folder } => Text($"the LoRA adapter `{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}`: {trained:N0} weights"),
        _ when trained == all => "all weights",
        _ => Text($"{trained:N0} weights; frozen: {string.Join(", ", Frozen(model))}"),
    };

    private static IEnumerable<string> Frozen(ModelOptions model)
    {
        foreach (var pattern in model.Freeze)
            yield return $"`{pattern}`";
        if (model.FreezeLayers is { } layers)
            yield return layers == 0 ? "embeddings" : Text($"embeddings and the first {layers} layers");
    }

    private static string Decay(RateOptions rate) => rate.WeightDecay is { } decay ? Text($", weight decay {decay}") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
