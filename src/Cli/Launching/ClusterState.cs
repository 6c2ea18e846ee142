namespace Distributed.Cli.Launching;

/// <summary>What the supervisors of all children share: how far the run is.</summary>
internal sealed class ClusterState : IDisposable
{
    private readonly CancellationTokenSource _over = new();

    // Written by LocalCluster, read by every supervisor.
    private volatile ClusterPhase _phase;
    private long _steps = -1;

    /// <summary>How far the run has come.</summary>
    public ClusterPhase Phase => _phase;

    /// <summary>Steps that were committed or skipped; −1: not known yet.</summary>
    public long Steps => Interlocked.Read(ref _steps);

    /// <summary>Cancelled once nothing is started again.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Moves on to <paramref name="phase"/>; never back.</summary>
    public void Enter(ClusterPhase phase)
    {
        if (phase <= _phase)
            return;
        _phase = phase;
        _over.Cancel();
    }

    /// <summary>Takes note of the steps that the coordinator counts.</summary>
    public void Report(long steps) => Interlocked.Exchange(ref _steps, Math.Max(steps, Steps));

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();
}
