using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:` of the kinds batch-hard, batch-all and batch-semi-hard.</summary>
internal static class MinedTripletSection
{
    private static readonly MinedTripletLossOptions Default = new();

    public static MinedTripletLossOptions Read(Section keys, TripletMining mining)
    {
        var isHard = mining == TripletMining.BatchHard;
        return new()
        {
            Mining = mining,
            Distance = keys.Choice("distance", Default.Distance,
                ("euclidean", Distance.Euclidean), ("squared-euclidean", Distance.SquaredEuclidean), ("cosine", Distance.Cosine)),
            Margin = keys.Number("margin", Default.Margin, NumberRange.NotNegative),
            SoftMargin = isHard && keys.Flag("soft_margin", Default.SoftMargin),
            Mean = keys.Choice("mean", Default.Mean, ("all", TripletMean.AllAnchors), ("valid", TripletMean.ValidAnchors)),
            Normalize = keys.Flag("normalize", Default.Normalize),
            CrossBatchMemory = isHard ? keys.OptionalChild("memory", MemorySection.Read) : null,
        };
    }
}
