namespace Distributed.Jobs.Losses;

/// <summary>Cross-batch memory (XBM; Wang et al. 2020, arXiv 1912.06798): embeddings of past steps, without gradient, to mine in or as further negatives.</summary>
public sealed record MemoryOptions
{
    /// <summary>Rows kept, the newest.</summary>
    public required int Rows { get; init; }

    /// <summary>First step that uses the memory: before, the model moves so fast that old embeddings say little. Default 100.</summary>
    public int FromStep { get; init; } = 100;
}
