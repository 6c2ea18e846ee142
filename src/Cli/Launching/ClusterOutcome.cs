namespace Distributed.Cli.Launching;

/// <summary>How a run on this machine ended.</summary>
/// <param name="ExitCode">The launcher's exit code.</param>
/// <param name="Reason">Why it failed, on one line; null when it did not.</param>
/// <param name="Culprit">The child that brought it down; null: none.</param>
internal sealed record ClusterOutcome(int ExitCode, string? Reason = null, string? Culprit = null);
