using System.Collections.Immutable;

namespace Distributed.Cli.Status;

/// <summary>What the coordinator's status page says of a run, as far as the launcher shows it. Null: not known yet.</summary>
internal sealed record RunStatus
{
    /// <summary>What the run is doing: training, evaluating, …</summary>
    public string Phase { get; init; } = "starting";

    /// <summary>Short name of the run.</summary>
    public string? RunId { get; init; }

    /// <summary>Epoch of the current step, from 1.</summary>
    public long? Epoch { get; init; }

    /// <summary>Steps that are decided.</summary>
    public long? Step { get; init; }

    /// <summary>Steps of the whole job.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Loss of the last step's global batch.</summary>
    public double? Loss { get; init; }

    /// <summary>Rows a second over the last steps.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>Time that training still takes.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Number of the current generation.</summary>
    public long? Generation { get; init; }

    /// <summary>Workers of the current generation.</summary>
    public int? Workers { get; init; }

    /// <summary>Workers that the run wants.</summary>
    public long? WantedWorkers { get; init; }

    /// <summary>Why it waits, or how it ended; null while it computes.</summary>
    public string? Detail { get; init; }

    /// <summary>What goes wrong in training at the moment, a line each.</summary>
    public ImmutableArray<string> Alarms { get; init; } = [];

    /// <summary>Scores so far, by step.</summary>
    public ImmutableArray<EvaluationScores> Evaluations { get; init; } = [];

    /// <summary>Where a browser sees the same.</summary>
    public string? PageUrl { get; init; }
}
