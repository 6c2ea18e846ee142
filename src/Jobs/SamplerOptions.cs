namespace Distributed.Jobs;

/// <summary>The order in which rows are drawn. An epoch draws each row at most once.</summary>
public sealed record SamplerOptions
{
    /// <summary>Which order. Default shuffled.</summary>
    public SamplerKind Kind { get; init; } = SamplerKind.Shuffled;

    /// <summary>Label sampler: classes in a global batch (P). Default 32.</summary>
    public int ClassesPerBatch { get; init; } = 32;

    /// <summary>Label sampler: rows of each class (K). Default 4.</summary>
    public int RowsPerClass { get; init; } = 4;

    /// <summary>Whether a last batch that is not full is left out of an epoch. Default no.</summary>
    public bool DropLast { get; init; }
}

/// <summary>Orders in which rows are drawn.</summary>
public enum SamplerKind
{
    /// <summary>A new random permutation each epoch.</summary>
    Shuffled,

    /// <summary>Random, and no text occurs twice in one global batch: `no-duplicates` in a job file.</summary>
    NoDuplicates,

    /// <summary>P classes × K rows in each global batch: `labels` in a job file.</summary>
    Labels,
}
