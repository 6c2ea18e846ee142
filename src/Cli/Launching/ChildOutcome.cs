namespace Distributed.Cli.Launching;

/// <summary>How a supervised child came to its last end.</summary>
/// <param name="Name">Its name, for example worker-0.</param>
/// <param name="ExitCode">Of its last life.</param>
/// <param name="EndRun">Set when the run cannot go on without it.</param>
/// <param name="LastError">The last error it wrote in its last life; null: none.</param>
internal sealed record ChildOutcome(string Name, int ExitCode, RestartDecision.EndRun? EndRun, string? LastError);
