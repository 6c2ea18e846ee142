using System.Collections.Immutable;
using Distributed.Coordinator.Steps;
using Distributed.Coordinator.Watch;

namespace Distributed.Coordinator.Runs;

/// <summary>What a run looks like at one moment: what `/api/status` answers.</summary>
internal sealed record RunStatus
{
    public required string RunId { get; init; }

    public required RunState State { get; init; }

    /// <summary>Why it waits, or how it ended; empty while it computes.</summary>
    public required string Detail { get; init; }

    public required long Incarnation { get; init; }

    /// <summary>Epoch of the last decided step, from 1; 0 before the first.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps decided.</summary>
    public required long Step { get; init; }

    public required long TotalSteps { get; init; }

    /// <summary>Of the last decided step; null before the first or not finite.</summary>
    public required double? Loss { get; init; }

    /// <summary>At most 512 points.</summary>
    public required ImmutableArray<LossPoint> LossHistory { get; init; }

    /// <summary>Over the last steps; null before the first of this life.</summary>
    public required double? RowsPerSecond { get; init; }

    /// <summary>Training time left, evaluations not counted; null before the first step of this life.</summary>
    public required double? EtaSeconds { get; init; }

    /// <summary>What the generation does: train, evaluate, checkpoint, save or nothing.</summary>
    public required string Task { get; init; }

    /// <summary>How many workers the run wants.</summary>
    public required int WantedWorkers { get; init; }

    public required ImmutableArray<WorkerStatus> Workers { get; init; }

    /// <summary>The newest 20 of this life of the coordinator, newest first.</summary>
    public required ImmutableArray<GenerationSummary> Generations { get; init; }

    public required ImmutableArray<EvaluationStatus> Evaluations { get; init; }

    /// <summary>What the embedding watch measured, at most 256 of its measurements, the newest last.</summary>
    public required ImmutableArray<Measurement> Watch { get; init; }

    /// <summary>Alarms of the embedding watch that are on.</summary>
    public required ImmutableArray<AlarmStatus> Alarms { get; init; }

    /// <summary>The newest 100 skipped steps.</summary>
    public required ImmutableArray<long> SkippedSteps { get; init; }

    /// <summary>Newest first.</summary>
    public required ImmutableArray<CheckpointStatus> Checkpoints { get; init; }

    /// <summary>Log lines of the run, newest first.</summary>
    public required ImmutableArray<RecentEvent> Events { get; init; }
}

/// <summary>One worker of a <see cref="RunStatus"/>.</summary>
/// <param name="WorkerId">Its place.</param>
/// <param name="Phase">What it does.</param>
/// <param name="Rank">In the current generation; null: in none.</param>
/// <param name="Generation">The current generation, if it belongs to it.</param>
/// <param name="Shards">Logical shards that it computes; 0 outside a generation.</param>
/// <param name="HeartbeatAgeSeconds">Since its last message.</param>
/// <param name="StepSeconds">Its own time for its last step; null before the first.</param>
internal sealed record WorkerStatus(
    string WorkerId, string Phase, int? Rank, long? Generation, int Shards, double HeartbeatAgeSeconds, double? StepSeconds);

/// <summary>An alarm of a <see cref="RunStatus"/>.</summary>
/// <param name="Name">collapse, explosion or saturated-loss.</param>
/// <param name="Step">The step that it began with.</param>
/// <param name="Reason">The figures of that step that show it.</param>
internal sealed record AlarmStatus(string Name, long Step, string Reason);

/// <summary>Held-out scores of a <see cref="RunStatus"/>.</summary>
internal sealed record EvaluationStatus(long Step, ImmutableSortedDictionary<string, double> Metrics);

/// <summary>A sealed checkpoint of a <see cref="RunStatus"/>.</summary>
internal sealed record CheckpointStatus(long Step, string Folder);
