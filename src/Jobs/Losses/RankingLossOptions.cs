namespace Distributed.Jobs.Losses;

/// <summary>
/// Multiple-negatives ranking and its kin. The presets of a job file: `mnrl`; `symmetric-mnrl`, which is query-document and document-query, each with its own
/// softmax; `gist`, which is query-document, query-query and positive-positive in one softmax, masked by a guide, with a scale of 100.
/// </summary>
public sealed record RankingLossOptions : LossOptions
{
    /// <summary>A learned scale stays at or below this.</summary>
    public const double LargestLearnedScale = 100;

    /// <inheritdoc/>
    public override string Kind => (Guide, Partition) switch
    {
        (not null, _) => "gist",
        (_, SoftmaxPartition.PerDirection) => "symmetric-mnrl",
        _ => "mnrl",
    };

    /// <inheritdoc/>
    public override LossInput Input => LossInput.Pairs;

    /// <summary>Factor on the similarity, 1 / temperature. Default 20. Where <see cref="LearnScale"/> is set, its start.</summary>
    public double Scale { get; init; } = 20;

    /// <summary>Whether the scale is trained beside the model, as exp of a parameter (Radford et al. 2021, arXiv 2103.00020). Default no.</summary>
    public bool LearnScale { get; init; }

    /// <summary>Similarity of two embeddings. Default cosine.</summary>
    public Similarity Similarity { get; init; } = Similarity.Cosine;

    /// <summary>What is compared with what; query-document is always there. Default query-document alone.</summary>
    public RankingDirections Directions { get; init; } = RankingDirections.QueryToDocument;

    /// <summary>One softmax over all directions, or one for each, then their mean. Default joint.</summary>
    public SoftmaxPartition Partition { get; init; } = SoftmaxPartition.Joint;

    /// <summary>Negatives whose logit grows with their similarity. Default none.</summary>
    public HardnessMode Hardness { get; init; } = HardnessMode.None;

    /// <summary>Factor of the similarity, without gradient, that is added to those logits. Default 0.</summary>
    public double HardnessStrength { get; init; }

    /// <summary>Whether a text equal to the row's own anchor or positive is left out of the row's negatives, over the whole batch. Default yes.</summary>
    public bool MaskFalseNegatives { get; init; } = true;

    /// <summary>
    /// Whether a negative is left out that is more similar than the row's own positive, less a margin: by the guide's embeddings where there is a guide
    /// (GISTEmbed, Solatorio 2024, arXiv 2402.16829), otherwise by the batch's own. Default no; always with a guide.
    /// </summary>
    public ScoreMask ScoreMask { get; init; } = ScoreMask.None;

    /// <summary>Margin of <see cref="ScoreMask"/>, absolute or as a share of the positive's similarity. Default 0.</summary>
    public double ScoreMaskMargin { get; init; }

    /// <summary>Folder of a frozen model that judges which negatives are false; null: none.</summary>
    public string? Guide { get; init; }

    /// <inheritdoc cref="LossOptions.Memory"/>
    public MemoryOptions? CrossBatchMemory { get; init; }

    /// <inheritdoc/>
    public override MemoryOptions? Memory => CrossBatchMemory;
}

/// <summary>Similarity of two embeddings.</summary>
public enum Similarity
{
    /// <summary>Cosine of their angle.</summary>
    Cosine,

    /// <summary>Their dot product.</summary>
    Dot,
}

/// <summary>What a row's softmax runs over.</summary>
[Flags]
public enum RankingDirections
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its anchor with every document: `query-document`.</summary>
    QueryToDocument = 1,

    /// <summary>Its anchor with every other anchor: `query-query`.</summary>
    QueryToQuery = 2,

    /// <summary>Its positive with every anchor: `document-query`.</summary>
    DocumentToQuery = 4,

    /// <summary>Its positive with the documents of all other rows: `document-document`.</summary>
    DocumentToDocument = 8,

    /// <summary>Its positive with every other positive: `positive-positive`.</summary>
    PositiveToPositive = 16,
}

/// <summary>How several directions share a softmax.</summary>
public enum SoftmaxPartition
{
    /// <summary>One softmax over all: `joint`.</summary>
    Joint,

    /// <summary>One for each, then the mean of the losses: `per-direction`.</summary>
    PerDirection,
}

/// <summary>Which negatives of query-document are weighted by hardness.</summary>
public enum HardnessMode
{
    /// <summary>None.</summary>
    None,

    /// <summary>Documents of other rows: `in-batch` (Lan et al. 2025, arXiv 2503.04812).</summary>
    InBatch,

    /// <summary>The row's own hard negatives: `hard` (Schechter Vera et al. 2025, arXiv 2509.20354).</summary>
    Hard,

    /// <summary>Both: `all`.</summary>
    All,
}

/// <summary>Which negatives are left out by their similarity.</summary>
public enum ScoreMask
{
    /// <summary>None.</summary>
    None,

    /// <summary>Similarity above that of the positive less the margin: `absolute`.</summary>
    Absolute,

    /// <summary>Similarity above that of the positive less the margin times its absolute value: `relative`.</summary>
    Relative,
}
