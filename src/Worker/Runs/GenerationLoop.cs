using Distributed.Protocol;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Worker.Collectives;
using Distributed.Worker.Membership;

namespace Distributed.Worker.Runs;

/// <summary>
/// A worker's life: join the run, work in one generation after another, and join again when the stream breaks. The replica's state outlives both;
/// between generations it is held still.
/// </summary>
internal sealed partial class GenerationLoop(
    WorkerIdentity identity,
    CoordinatorClient client,
    PeerListener listener,
    ReplicaLedger ledger,
    StateTransfer transfer,
    TaskRunner tasks,
    BackgroundCheckpoints checkpoints,
    TimeProvider time,
    ILogger<GenerationLoop> logger)
{
    /// <summary>Time for a peer to connect; the coordinator's own deadline is shorter.</summary>
    private static readonly TimeSpan MeshTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Works until the coordinator says Stop.</summary>
    /// <exception cref="CoordinatorUnreachableException">The coordinator does not answer any more.</exception>
    /// <exception cref="RunConflictException">This worker does not fit the run.</exception>
    public async Task<Stop> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var session = await client.ConnectAsync(Hello(), cancellationToken);
            void Announce(SealedCheckpoint checkpoint) => session.Send(Messages.Sealed(checkpoint));
            checkpoints.Sealed += Announce;
            try
            {
                if (await ServeAsync(session, cancellationToken) is { } stop)
                    return stop;
            }
            finally
            {
                checkpoints.Sealed -= Announce;
            }
        }
    }

    private Hello Hello() => new()
    {
        ProtocolVersion = 2,
        WorkerId = identity.WorkerId,
        ProcessIncarnation = identity.ProcessIncarnation,
        PeerEndpoint = listener.Endpoint.ToString(),
        JobHash = identity.JobHash,
        DataFingerprint = identity.DataFingerprint,
    };

    /// <summary>One stream; null: it broke.</summary>
    private async Task<Stop?> ServeAsync(CoordinatorSession session, CancellationToken cancellationToken)
    {
        if (session.Stop is null)
            LogJoined(session.Welcome.RunId, identity.WorkerId, session.Welcome.CoordinatorIncarnation);
        if (checkpoints.Newest is { } newest)
            session.Send(Messages.Sealed(newest)); // the coordinator may have missed it

        while (true)
        {
            session.Send(Messages.Standby(ledger.Describe()));
            if (await session.NextGenerationAsync(cancellationToken) is not { } mailbox)
                break;
            await WorkAsync(session, mailbox, cancellationToken);
        }
        if (session.Stop is not null)
            await checkpoints.DrainAsync();
        return session.Stop;
    }

    /// <summary>One generation, to its end.</summary>
    private async Task WorkAsync(CoordinatorSession session, GenerationMailbox mailbox, CancellationToken cancellationToken)
    {
        var started = mailbox.Started;
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["Generation"] = started.Generation });
        using var either = CancellationTokenSource.CreateLinkedTokenSource(mailbox.Closed, cancellationToken);
        try
        {
            await WorkAsync(session, mailbox, MeshPlanner.PlanOf(started, session.Welcome.RunId, identity.ProcessIncarnation), either.Token);
        }
        catch (OperationCanceledException) when (mailbox.Closed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogClosed(started.Generation, mailbox.CloseReason);
        }
        catch (CollectiveAbortedException e)
        {
            Fail(session, started.Generation, e.PeerRank, e.Reason);
        }
        catch (ReplicaDivergedException e)
        {
            Fail(session, started.Generation, suspect: null, e.Message);
        }
        catch (CheckpointException e)
        {
            Fail(session, started.Generation, suspect: null, e.Message, started.CheckpointFolder);
        }
    }

    private async Task WorkAsync(CoordinatorSession session, GenerationMailbox mailbox, MeshPlan plan, CancellationToken cancellationToken)
    {
        var started = mailbox.Started;
        await using var collectives = await PeerMesh.FormAsync(listener, plan, MeshTimeout, time, cancellationToken);
        await transfer.RestoreAsync(started, collectives, cancellationToken);
        session.Send(Messages.Ready(started.Generation));
        LogReady(started.Generation, plan.Rank, collectives.WorldSize, ledger.StepsDecided);
        await tasks.RunAsync(session, mailbox, collectives, cancellationToken);
    }

    private void Fail(CoordinatorSession session, long generation, int? suspect, string reason, string damagedCheckpoint = "")
    {
        LogFailed(generation, reason);
        session.Send(Messages.Failed(generation, suspect, reason, damagedCheckpoint));
    }

    [LoggerMessage(LogLevel.Information, "Joined run {RunId} as {WorkerId}, coordinator incarnation {Incarnation}")]
    private partial void LogJoined(string runId, string workerId, long incarnation);

    [LoggerMessage(LogLevel.Information, "Generation {Generation}: rank {Rank} of {WorldSize}, ready before step {Step}")]
    private partial void LogReady(long generation, int rank, int worldSize, long step);

    [LoggerMessage(LogLevel.Information, "Generation {Generation} closed: {Reason}")]
    private partial void LogClosed(long generation, string reason);

    [LoggerMessage(LogLevel.Warning, "Generation {Generation} failed here: {Reason}")]
    private partial void LogFailed(long generation, string reason);
}
