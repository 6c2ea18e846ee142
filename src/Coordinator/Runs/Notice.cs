using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Runs;

/// <summary>What a worker is told.</summary>
internal abstract record Notice;

/// <summary>The worker is a member.</summary>
internal sealed record Welcome(string RunId, long Incarnation) : Notice;

/// <summary>The worker belongs to a generation.</summary>
/// <param name="Incarnation">This life of the coordinator.</param>
/// <param name="Generation">Its number and members.</param>
/// <param name="State">The state it starts from.</param>
/// <param name="LastDecision">How the step before that state ended; null: there was none.</param>
internal sealed record GenerationStarted(long Incarnation, Generation Generation, StateChoice State, StepDecision? LastDecision) : Notice;

/// <summary>The generation is over.</summary>
internal sealed record GenerationClosed(long Generation, string Reason) : Notice;

/// <summary>The next task of a generation.</summary>
internal sealed record TaskAssigned(long Generation, long Sequence, RunTask Task) : Notice;

/// <summary>How a step ended.</summary>
internal sealed record StepDecision(long Generation, long Step, StepOutcome Outcome, ulong GradientDigest) : Notice;

/// <summary>The worker's process ends.</summary>
internal sealed record Stop(StopCause Cause, string Detail) : Notice;

/// <summary>Why a worker's process ends.</summary>
internal enum StopCause
{
    /// <summary>The run is complete.</summary>
    Finished,

    /// <summary>The run was asked to stop.</summary>
    Requested,

    /// <summary>The run cannot go on.</summary>
    Failed,

    /// <summary>The worker does not fit the run.</summary>
    Refused,

    /// <summary>The process's state is in doubt; a fresh one takes its place.</summary>
    Replaced,
}
