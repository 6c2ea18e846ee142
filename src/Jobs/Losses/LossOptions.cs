using System.Text.Json.Serialization;

namespace Distributed.Jobs.Losses;

/// <summary>What the embeddings of a global batch are scored by: one record for each family of losses.</summary>
[JsonDerivedType(typeof(RankingLossOptions), "ranking")]
[JsonDerivedType(typeof(MinedTripletLossOptions), "mined-triplet")]
[JsonDerivedType(typeof(TripletLossOptions), "triplet")]
[JsonDerivedType(typeof(ContrastiveLossOptions), "contrastive")]
[JsonDerivedType(typeof(ScoreLossOptions), "score")]
[JsonDerivedType(typeof(CustomLossOptions), "custom")]
public abstract record LossOptions
{
    /// <summary>The word for the loss in a job file: `mnrl`, `batch-hard` …</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>What the loss needs in each row.</summary>
    [JsonIgnore]
    public abstract LossInput Input { get; }

    /// <summary>The loss is summed over embeddings cut to several dimensions; null: over whole embeddings only.</summary>
    public MatryoshkaOptions? Matryoshka { get; init; }

    /// <summary>Embeddings of past steps that stand beside those of the batch; null: none. For multiple-negatives ranking and batch-hard.</summary>
    public virtual MemoryOptions? Memory => null;
}

/// <summary>What a loss needs in each row.</summary>
public enum LossInput
{
    /// <summary>Anchor, positive, and any number of hard negatives, which rows may lack.</summary>
    Pairs,

    /// <summary>One text and its class.</summary>
    Labels,

    /// <summary>Anchor, positive, negative.</summary>
    Triplets,

    /// <summary>Two texts and whether they belong together: 1 or 0.</summary>
    LabelledPairs,

    /// <summary>Two texts and how similar they are.</summary>
    ScoredPairs,

    /// <summary>Whatever a loss of the user's takes.</summary>
    Any,
}
