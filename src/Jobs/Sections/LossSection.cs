using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:`: the kind, then the keys that have a meaning for it.</summary>
internal static class LossSection
{
    private const string DefaultKind = "mnrl";

    private static readonly string[] Kinds =
    [
        DefaultKind, "symmetric-mnrl", "gist", "batch-hard", "batch-all", "batch-semi-hard", "triplet", "contrastive", "online-contrastive",
        "cosine-similarity", "cosent", "angle", "custom",
    ];

    private static readonly string[] AllKeys =
    [
        "scale", "learn_scale", "similarity", "directions", "partition", "hardness", "hardness_strength", "mask_false_negatives", "mask_by_score",
        "mask_margin", "guide", "memory", "distance", "margin", "soft_margin", "mean", "normalize", "sum", "assembly", "type", "settings", "matryoshka",
    ];

    public static LossOptions Read(Section keys)
    {
        var given = keys.OptionalWord("kind", Kinds);
        var kind = given ?? DefaultKind;
        LossOptions options = kind switch
        {
            "batch-hard" => MinedTripletSection.Read(keys, TripletMining.BatchHard),
            "batch-all" => MinedTripletSection.Read(keys, TripletMining.BatchAll),
            "batch-semi-hard" => MinedTripletSection.Read(keys, TripletMining.BatchSemiHard),
            "triplet" => TripletSection.Read(keys),
            "contrastive" => ContrastiveSection.Read(keys, online: false),
            "online-contrastive" => ContrastiveSection.Read(keys, online: true),
            "cosine-similarity" => new ScoreLossOptions(),
            "cosent" => ScoreSection.Read(keys, ScoreObjective.CoSent),
            "angle" => ScoreSection.Read(keys, ScoreObjective.AnglE),
            "custom" => CustomLossSection.Read(keys),
            _ => RankingSection.Read(keys, kind),
        };
        options = options with { Matryoshka = keys.OptionalChild("matryoshka", MatryoshkaSection.Read) };
        if (given is null && keys.Gives("kind"))
            keys.PassOver(AllKeys); // which of them have a meaning is not known
        else
            keys.RefuseOthers(AllKeys, $"has no meaning for loss.kind {kind}");
        return options;
    }
}
