namespace Distributed.Jobs.Losses;

/// <summary>Triplets that are mined over the labelled rows of the global batch.</summary>
public sealed record MinedTripletLossOptions : LossOptions
{
    /// <inheritdoc/>
    public override string Kind => Mining switch
    {
        TripletMining.BatchAll => "batch-all",
        TripletMining.BatchSemiHard => "batch-semi-hard",
        _ => "batch-hard",
    };

    /// <inheritdoc/>
    public override LossInput Input => LossInput.Labels;

    /// <summary>Which triplets. Default the hardest of each anchor.</summary>
    public TripletMining Mining { get; init; } = TripletMining.BatchHard;

    /// <summary>Distance of two embeddings: Euclidean, squared Euclidean or cosine. Default Euclidean, on raw embeddings.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;

    /// <summary>How much farther than the positive a negative has to be. Default 5.</summary>
    public double Margin { get; init; } = 5;

    /// <summary>Batch-hard: softplus instead of a hinge with margin. Default no.</summary>
    public bool SoftMargin { get; init; }

    /// <summary>What the mean is taken over. Default as sentence-transformers does.</summary>
    public TripletMean Mean { get; init; } = TripletMean.AllAnchors;

    /// <summary>
    /// Whether embeddings are scaled to length 1 before a distance is taken. Default no: unit vectors cannot explode and hardly seem to collapse, so
    /// that a space which does either looks healthy in the loss for a long time.
    /// </summary>
    public bool Normalize { get; init; }

    /// <inheritdoc cref="LossOptions.Memory"/>
    public MemoryOptions? CrossBatchMemory { get; init; }

    /// <inheritdoc/>
    public override MemoryOptions? Memory => CrossBatchMemory;
}

/// <summary>Which triplets of a batch count.</summary>
public enum TripletMining
{
    /// <summary>Of each anchor the farthest positive and the nearest negative.</summary>
    BatchHard,

    /// <summary>All that violate the margin.</summary>
    BatchAll,

    /// <summary>Of each positive pair the nearest negative that is farther than the positive.</summary>
    BatchSemiHard,
}

/// <summary>Distance of two embeddings.</summary>
public enum Distance
{
    /// <summary>Length of their difference.</summary>
    Euclidean,

    /// <summary>Squared length of their difference: `squared-euclidean`.</summary>
    SquaredEuclidean,

    /// <summary>1 − cosine of their angle.</summary>
    Cosine,

    /// <summary>Sum of the absolute differences of their components. For given pairs and triplets.</summary>
    Manhattan,
}

/// <summary>What a triplet loss is averaged over.</summary>
public enum TripletMean
{
    /// <summary>
    /// As sentence-transformers does: batch-hard over every anchor, batch-all over the triplets that violate the margin, batch-semi-hard over the positive
    /// pairs. `all` in a job file.
    /// </summary>
    AllAnchors,

    /// <summary>Only what has a positive and a negative: anchors for batch-hard, triplets for batch-all, pairs for batch-semi-hard. `valid` in a job file.</summary>
    ValidAnchors,
}
