using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:`.</summary>
internal static class LossSection
{
    private static readonly LossOptions Default = new();

    public static LossOptions Read(Section keys) => new()
    {
        Kind = keys.Choice("kind", Default.Kind, ("mnrl", LossKind.MultipleNegativesRanking), ("batch-hard", LossKind.BatchHardTriplet)),
        Scale = keys.Number("scale", Default.Scale, NumberRange.Positive),
        Similarity = keys.Choice("similarity", Default.Similarity, ("cosine", Similarity.Cosine), ("dot", Similarity.Dot)),
        MaskFalseNegatives = keys.Flag("mask_false_negatives", Default.MaskFalseNegatives),
        Distance = keys.Choice("distance", Default.Distance, ("euclidean", Distance.Euclidean), ("cosine", Distance.Cosine)),
        Margin = keys.Number("margin", Default.Margin, NumberRange.NotNegative),
        SoftMargin = keys.Flag("soft_margin", Default.SoftMargin),
        Mean = keys.Choice("mean", Default.Mean, ("all", TripletMean.AllAnchors), ("valid", TripletMean.ValidAnchors)),
    };
}
