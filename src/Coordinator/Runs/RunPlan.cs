using System.Collections.Immutable;
using Distributed.Data.Planning;

namespace Distributed.Coordinator.Runs;

/// <summary>What a run is to do: the part of the job that the coordinator acts on.</summary>
internal sealed record RunPlan
{
    /// <summary>Steps of the whole run.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Logical shards of a global batch.</summary>
    public required int Shards { get; init; }

    /// <summary>Steps between two checkpoints.</summary>
    public required int CheckpointEverySteps { get; init; }

    /// <summary>Whether there are held-out queries to score.</summary>
    public bool HasEvaluation { get; init; }

    /// <summary>Steps between two evaluations; null: only before and after training.</summary>
    public int? EvaluateEverySteps { get; init; }

    /// <summary>Names of the datasets, where a run has several.</summary>
    public ImmutableArray<string> Datasets { get; init; } = [];

    /// <summary>The plan of a step: pure, and the same on every worker.</summary>
    public required Func<long, StepPlan> Plan { get; init; }
}
