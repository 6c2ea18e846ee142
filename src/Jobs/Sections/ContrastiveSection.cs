using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:` of the kinds contrastive and online-contrastive.</summary>
internal static class ContrastiveSection
{
    private static readonly ContrastiveLossOptions Default = new();

    public static ContrastiveLossOptions Read(Section keys, bool online) => new()
    {
        Online = online,
        Distance = keys.Choice("distance", Default.Distance,
            ("euclidean", Distance.Euclidean), ("manhattan", Distance.Manhattan), ("cosine", Distance.Cosine)),
        Margin = keys.Number("margin", Default.Margin, NumberRange.NotNegative),
        Sum = !online && keys.Flag("sum", Default.Sum),
    };
}
