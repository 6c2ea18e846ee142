namespace Distributed.Jobs;

/// <summary>What the embeddings of a global batch are scored by.</summary>
public sealed record LossOptions
{
    /// <summary>Which loss. Default multiple-negatives ranking.</summary>
    public LossKind Kind { get; init; } = LossKind.MultipleNegativesRanking;

    /// <summary>Multiple-negatives ranking: factor on the similarity, 1 / temperature. Default 20.</summary>
    public double Scale { get; init; } = 20;

    /// <summary>Multiple-negatives ranking: similarity of two embeddings. Default cosine.</summary>
    public Similarity Similarity { get; init; } = Similarity.Cosine;

    /// <summary>Multiple-negatives ranking: whether a column whose text equals the row's own anchor or positive is left out of the row's negatives. Default yes.</summary>
    public bool MaskFalseNegatives { get; init; } = true;

    /// <summary>Batch-hard triplet: distance of two embeddings. Default Euclidean, on raw embeddings.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;

    /// <summary>Batch-hard triplet: how much farther than the positive a negative has to be. Default 5.</summary>
    public double Margin { get; init; } = 5;

    /// <summary>Batch-hard triplet: softplus instead of a hinge with margin. Default no.</summary>
    public bool SoftMargin { get; init; }

    /// <summary>Batch-hard triplet: what the mean is taken over. Default all anchors.</summary>
    public TripletMean Mean { get; init; } = TripletMean.AllAnchors;
}

/// <summary>The losses of a job file.</summary>
public enum LossKind
{
    /// <summary>Multiple-negatives ranking: `mnrl` in a job file.</summary>
    MultipleNegativesRanking,

    /// <summary>Triplets of the hardest positive and negative in the global batch: `batch-hard` in a job file.</summary>
    BatchHardTriplet,
}

/// <summary>Similarity of two embeddings.</summary>
public enum Similarity
{
    /// <summary>Cosine of their angle.</summary>
    Cosine,

    /// <summary>Their dot product.</summary>
    Dot,
}

/// <summary>Distance of two embeddings.</summary>
public enum Distance
{
    /// <summary>Length of their difference.</summary>
    Euclidean,

    /// <summary>1 − cosine of their angle.</summary>
    Cosine,
}

/// <summary>What a triplet loss is averaged over.</summary>
public enum TripletMean
{
    /// <summary>Every anchor of the global batch, as sentence-transformers does: `all` in a job file.</summary>
    AllAnchors,

    /// <summary>Only anchors that have a positive and a negative: `valid` in a job file.</summary>
    ValidAnchors,
}
