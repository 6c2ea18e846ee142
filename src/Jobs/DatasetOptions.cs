using Distributed.Jobs.Losses;

namespace Distributed.Jobs;

/// <summary>Training rows with the loss and the order they are trained in. A global batch is of one dataset.</summary>
public sealed record DatasetOptions
{
    /// <summary>Name of a job's single dataset.</summary>
    public const string DefaultName = "train";

    /// <summary>Name in logs. Default train, where a job has a single one.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>The rows.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>What the embeddings of a global batch are scored by.</summary>
    public LossOptions Loss { get; init; } = new RankingLossOptions();

    /// <summary>The order in which rows are drawn.</summary>
    public SamplerOptions Sampler { get; init; } = new();
}

/// <summary>How the batches of several datasets follow one another.</summary>
public enum DatasetMixing
{
    /// <summary>Every batch of every dataset once an epoch, in random order, so that larger ones come more often.</summary>
    Proportional,

    /// <summary>One batch of each in turn, until the first has none left: `round-robin`.</summary>
    RoundRobin,
}
