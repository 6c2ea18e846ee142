namespace Distributed.Cli.Launching;

/// <summary>When a child process that ended is started again. Pure: counting and waiting are done elsewhere.</summary>
internal static class RestartPolicy
{
    /// <summary>Restarts of one process without a committed step in between after which the run ends.</summary>
    public const int MostRestartsWithoutProgress = 5;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    // A worker that ended in peace while the run goes on: most likely the coordinator is about to end, too.
    private static readonly TimeSpan EndOfRunDelay = TimeSpan.FromSeconds(10);

    /// <summary>What follows from <paramref name="exitCode"/> of a process that was restarted
    /// <paramref name="restartsWithoutProgress"/> times since the last committed step.</summary>
    public static RestartDecision Decide(ChildRole role, int exitCode, ClusterPhase phase, int restartsWithoutProgress)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(restartsWithoutProgress);

        if (phase != ClusterPhase.Running)
            return new RestartDecision.Finished();
        if (exitCode == ExitCodes.Refused)
            return new RestartDecision.EndRun(ExitCodes.Refused, ExitCodes.Describe(exitCode));
        if (role == ChildRole.Coordinator && exitCode == ExitCodes.Done)
            return new RestartDecision.Finished();
        if (role == ChildRole.Coordinator && exitCode == ExitCodes.Failed)
            return new RestartDecision.EndRun(ExitCodes.Failed, ExitCodes.Describe(exitCode));
        if (restartsWithoutProgress >= MostRestartsWithoutProgress)
            return new RestartDecision.EndRun(
                ExitCodes.Failed,
                $"{ExitCodes.Describe(exitCode)}, after {restartsWithoutProgress} restarts without a committed step in between");
        return new RestartDecision.Restart(exitCode == ExitCodes.Done ? EndOfRunDelay : Delay(restartsWithoutProgress));
    }

    /// <summary>None before the first restart, then 0.5 s, doubled each time up to 15 s.</summary>
    private static TimeSpan Delay(int restartsWithoutProgress)
    {
        if (restartsWithoutProgress == 0)
            return TimeSpan.Zero;
        var delay = FirstDelay * Math.Pow(2, restartsWithoutProgress - 1);
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
