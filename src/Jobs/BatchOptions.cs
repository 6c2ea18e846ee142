namespace Distributed.Jobs;

/// <summary>How large a global batch is and how it is cut. None of this depends on the number of workers.</summary>
public sealed record BatchOptions
{
    /// <summary>Most rows of a global batch.</summary>
    public const int MaxRows = 1 << 20;

    /// <summary>Rows of one optimizer step over all workers. Default 256. The label sampler's P × K takes its place there.</summary>
    public int Rows { get; init; } = 256;

    /// <summary>Logical shards that a global batch is cut into, the unit dealt to workers: at least as many as workers. Default 8.
    /// Part of the job: gradients are added in a fixed order over these shards.</summary>
    public int Shards { get; init; } = 8;

    /// <summary>Most tokens that go through the encoder together. Default 4096. <see cref="ActivationMemoryMb"/> takes its place.</summary>
    public int TokensPerMicroBatch { get; init; } = 4096;

    /// <summary>
    /// Memory that the activations of a micro-batch may take, in MiB: with the model's shape it says how many tokens go through the encoder together, on
    /// whatever machine; null: <see cref="TokensPerMicroBatch"/> does.
    /// </summary>
    public int? ActivationMemoryMb { get; init; }

    /// <summary>Whether micro-batches are encoded twice, so that activations of only one are held
    /// (GradCache, Gao et al. 2021, arXiv 2101.06983). Changes memory and time, never the result. Default auto.</summary>
    public GradientCacheMode GradientCache { get; init; } = GradientCacheMode.Auto;
}

/// <summary>When micro-batches are encoded twice.</summary>
public enum GradientCacheMode
{
    /// <summary>When the activations of a worker's whole share would not fit into a quarter of its memory.</summary>
    Auto,

    /// <summary>Always.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}
