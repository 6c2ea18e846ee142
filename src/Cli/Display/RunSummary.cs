using System.Collections.Immutable;
using Distributed.Cli.Status;

namespace Distributed.Cli.Display;

/// <summary>What a run came to, for its last lines.</summary>
internal sealed record RunSummary
{
    /// <summary>In which way it ended.</summary>
    public required RunEnd End { get; init; }

    /// <summary>One line that says why, where that is not plain; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Steps that are decided.</summary>
    public long? Step { get; init; }

    /// <summary>Steps of the whole job.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Time since the launcher started.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Scores, by the steps that the model had made.</summary>
    public ImmutableArray<EvaluationScores> Evaluations { get; init; } = [];

    /// <summary>Folder of the run.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Folder of the trained model.</summary>
    public required string ModelFolder { get; init; }

    /// <summary>Commands to type next, each with what it is for.</summary>
    public ImmutableArray<NextCommand> Next { get; init; } = [];
}

/// <summary>In which way a run ended.</summary>
internal enum RunEnd
{
    /// <summary>The model is there.</summary>
    Completed,

    /// <summary>Stopped on request, with a checkpoint.</summary>
    Stopped,

    /// <summary>Interrupted at once.</summary>
    Interrupted,

    /// <summary>It cannot go on.</summary>
    Failed,
}

/// <summary>A command and what it is for.</summary>
internal sealed record NextCommand(string Purpose, string Command);
