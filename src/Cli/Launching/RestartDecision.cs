namespace Distributed.Cli.Launching;

/// <summary>What follows from the end of a child process.</summary>
internal abstract record RestartDecision
{
    private RestartDecision()
    {
    }

    /// <summary>The process has done its part.</summary>
    public sealed record Finished : RestartDecision;

    /// <summary>Another one takes its place after <paramref name="Delay"/>, unless the run ends first.</summary>
    public sealed record Restart(TimeSpan Delay) : RestartDecision;

    /// <summary>The run cannot go on; <paramref name="ExitCode"/> is the launcher's own.</summary>
    public sealed record EndRun(int ExitCode, string Reason) : RestartDecision;
}
