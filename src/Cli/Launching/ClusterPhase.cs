namespace Distributed.Cli.Launching;

/// <summary>How far a run on this machine has come, as its launcher sees it. Only ever moves forward.</summary>
internal enum ClusterPhase
{
    /// <summary>Dead processes are started again.</summary>
    Running,

    /// <summary>The coordinator was asked to stop: nothing is started again.</summary>
    Stopping,

    /// <summary>The coordinator has ended, or the launcher gave up: every child is to end.</summary>
    Ending,
}
