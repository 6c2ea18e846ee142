using System.Collections.Immutable;

namespace Distributed.Data.Planning;

/// <summary>What one optimizer step is computed from: a pure function of dataset, sampler, seed and step, never of world size.</summary>
public sealed record StepPlan
{
    /// <summary>Number of the step in the run, from 0.</summary>
    public required long Step { get; init; }

    /// <summary>Epoch the rows belong to, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number of the dataset that the rows are of.</summary>
    public int Dataset { get; init; }

    /// <summary>Row ids in canonical order: indices into the training set.</summary>
    public required ImmutableArray<int> Rows { get; init; }

    /// <summary>Logical shards: consecutive, together all of <see cref="Rows"/>, sizes that differ by at most 1.</summary>
    public required ImmutableArray<ShardRange> Shards { get; init; }

    /// <summary>XxHash64 over step, epoch, dataset, row ids and shard bounds: what coordinator and workers compare before a step.</summary>
    public required ulong Hash { get; init; }
}
