using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `optimizer:`.</summary>
internal static class OptimizerSection
{
    private static readonly OptimizerOptions Default = new();

    public static OptimizerOptions Read(Section keys) => new()
    {
        Epochs = keys.Int("epochs", Default.Epochs, min: 1, max: 100_000),
        MaxSteps = keys.OptionalInt("max_steps", min: 1),
        LearningRate = keys.Number("learning_rate", Default.LearningRate, NumberRange.Positive),
        Beta1 = keys.Number("beta1", Default.Beta1, NumberRange.BelowOne),
        Beta2 = keys.Number("beta2", Default.Beta2, NumberRange.BelowOne),
        Epsilon = keys.Number("epsilon", Default.Epsilon, NumberRange.Positive),
        WeightDecay = keys.Number("weight_decay", Default.WeightDecay, NumberRange.NotNegative),
        ClipNorm = keys.NumberOrNone("clip_norm", Default.ClipNorm, NumberRange.Positive),
        Rates = keys.Children("rates", RateSection.Read),
    };
}
