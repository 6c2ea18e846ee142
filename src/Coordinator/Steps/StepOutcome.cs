namespace Distributed.Coordinator.Steps;

/// <summary>How a step ended.</summary>
internal enum StepOutcome
{
    /// <summary>The reduced gradient is applied once.</summary>
    Commit,

    /// <summary>The step is over, nothing is applied.</summary>
    Skip,

    /// <summary>Not an end: the same step comes again. Never in the journal.</summary>
    Replay,
}
