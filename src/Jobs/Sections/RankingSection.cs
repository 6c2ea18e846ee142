using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:` of the kinds mnrl, symmetric-mnrl and gist: the same keys, other defaults.</summary>
internal static class RankingSection
{
    private const double GistScale = 100; // a temperature of 0.01

    public static RankingLossOptions Read(Section keys, string kind)
    {
        var preset = Preset(kind);
        return new()
        {
            Scale = keys.Number("scale", preset.Scale, NumberRange.Positive),
            LearnScale = keys.Flag("learn_scale", preset.LearnScale),
            Similarity = keys.Choice("similarity", preset.Similarity, ("cosine", Similarity.Cosine), ("dot", Similarity.Dot)),
            Directions = keys.Choices("directions", preset.Directions,
                ("query-document", RankingDirections.QueryToDocument), ("query-query", RankingDirections.QueryToQuery),
                ("document-query", RankingDirections.DocumentToQuery), ("document-document", RankingDirections.DocumentToDocument),
                ("positive-positive", RankingDirections.PositiveToPositive)),
            Partition = keys.Choice("partition", preset.Partition, ("joint", SoftmaxPartition.Joint), ("per-direction", SoftmaxPartition.PerDirection)),
            Hardness = keys.Choice("hardness", preset.Hardness,
                ("none", HardnessMode.None), ("in-batch", HardnessMode.InBatch), ("hard", HardnessMode.Hard), ("all", HardnessMode.All)),
            HardnessStrength = keys.Number("hardness_strength", preset.HardnessStrength, NumberRange.NotNegative),
            MaskFalseNegatives = keys.Flag("mask_false_negatives", preset.MaskFalseNegatives),
            ScoreMask = keys.Choice("mask_by_score", preset.ScoreMask,
                ("none", ScoreMask.None), ("absolute", ScoreMask.Absolute), ("relative", ScoreMask.Relative)),
            ScoreMaskMargin = keys.Number("mask_margin", preset.ScoreMaskMargin, NumberRange.Any),
            Guide = kind == "gist" ? keys.RequiredFolder("guide") : null,
            CrossBatchMemory = keys.OptionalChild("memory", MemorySection.Read),
        };
    }

    private static RankingLossOptions Preset(string kind) => kind switch
    {
        "symmetric-mnrl" => new()
        {
            Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery,
            Partition = SoftmaxPartition.PerDirection,
        },
        "gist" => new()
        {
            Scale = GistScale,
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.PositiveToPositive,
            ScoreMask = ScoreMask.Absolute,
        },
        _ => new(),
    };
}
