using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:` of the kind triplet.</summary>
internal static class TripletSection
{
    private static readonly TripletLossOptions Default = new();

    public static TripletLossOptions Read(Section keys) => new()
    {
        Distance = keys.Choice("distance", Default.Distance,
            ("euclidean", Distance.Euclidean), ("manhattan", Distance.Manhattan), ("cosine", Distance.Cosine)),
        Margin = keys.Number("margin", Default.Margin, NumberRange.NotNegative),
        Normalize = keys.Flag("normalize", Default.Normalize),
    };
}
