using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `model.lora:`.</summary>
internal static class LoraSection
{
    private static readonly LoraOptions Default = new();

    public static LoraOptions Read(Section keys) => new()
    {
        Rank = keys.Int("rank", Default.Rank, min: 1, max: 4096),
        Alpha = keys.Number("alpha", Default.Alpha, NumberRange.Positive),
        Dropout = keys.Number("dropout", Default.Dropout, NumberRange.BelowOne),
        Targets = keys.Texts("targets", Default.Targets),
        UseRslora = keys.Flag("use_rslora", Default.UseRslora),
    };
}
