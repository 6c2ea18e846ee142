using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads an item of `optimizer.rates:`.</summary>
internal static class RateSection
{
    private static readonly RateOptions Default = new() { Pattern = "" };

    // A parameter that does not move would still take memory and time.
    private static readonly NumberRange Factor = new("above 0 (model.freeze is for parameters that are not trained)", factor => factor > 0);

    public static RateOptions Read(Section keys) => new()
    {
        Pattern = keys.RequiredText("pattern"),
        Factor = keys.Number("factor", Default.Factor, Factor),
        WeightDecay = keys.OptionalNumber("weight_decay", NumberRange.NotNegative),
    };
}
