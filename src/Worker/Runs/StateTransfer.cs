using Distributed.Protocol;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;

namespace Distributed.Worker.Runs;

/// <summary>Brings every member of a new generation to the state that the coordinator names: by a decision not heard, a broadcast, a checkpoint.</summary>
/// <param name="replica">What is brought there.</param>
/// <param name="ledger">Of the replica.</param>
/// <param name="buffer">What a state from elsewhere is received in: a broadcast that breaks off leaves the replica as it is. The checkpoints' own, too.</param>
/// <param name="checkpoints">Waited for before the buffer is used.</param>
/// <param name="logger">The log.</param>
internal sealed partial class StateTransfer(
    IReplica replica, ReplicaLedger ledger, StateBuffer buffer, BackgroundCheckpoints checkpoints, ILogger<StateTransfer> logger)
{
    /// <exception cref="CollectiveAbortedException">A peer is gone, or this rank does not hold the state that the coordinator named.</exception>
    /// <exception cref="CheckpointException">The checkpoint cannot be read.</exception>
    public async Task RestoreAsync(GenerationStarted started, ICollectives collectives, CancellationToken cancellationToken)
    {
        Settle(started.LastDecision);
        ledger.Discard();
        if (started.BroadcastState)
            await BroadcastAsync(started, collectives, cancellationToken);
        if (ledger.StepsDecided != started.StepsDecided)
            throw new CollectiveAbortedException(
                started.Generation, collectives.Rank, $"it starts before step {started.StepsDecided}, rank {collectives.Rank} holds the state before step {ledger.StepsDecided}");
    }

    /// <summary>A survivor that holds another gradient than the committed one gets the state by broadcast, like a joiner.</summary>
    private void Settle(Decision? last)
    {
        if (last is null)
            return;
        try
        {
            if (ledger.TrySettle(last))
                LogSettled(last.Step, last.Outcome);
        }
        catch (ReplicaDivergedException e)
        {
            LogNotHeld(e.Message);
        }
    }

    private async Task BroadcastAsync(GenerationStarted started, ICollectives collectives, CancellationToken cancellationToken)
    {
        bool fromCheckpoint = started.StateSourceCase == GenerationStarted.StateSourceOneofCase.CheckpointFolder;
        int source = fromCheckpoint ? 0 : started.SourceRank;
        bool isSource = collectives.Rank == source;
        var state = isSource && !fromCheckpoint ? replica.ViewState() : await FreeBufferAsync(cancellationToken);
        if (isSource && fromCheckpoint)
            CheckpointReader.Read(started.CheckpointFolder, state, cancellationToken);
        foreach (var section in state.Sections)
            await collectives.BroadcastAsync(section, source, cancellationToken);
        await collectives.BroadcastAsync(state.Tail, source, cancellationToken);
        if (!isSource || fromCheckpoint)
            ledger.Import(state);
        LogRestored(ledger.StepsDecided, fromCheckpoint ? started.CheckpointFolder : $"rank {source}");
    }

    private async Task<TrainingState> FreeBufferAsync(CancellationToken cancellationToken)
    {
        await checkpoints.DrainAsync().WaitAsync(cancellationToken);
        return buffer.State;
    }

    [LoggerMessage(LogLevel.Information, "Step {Step}: decision {Outcome} was missed and is carried out now")]
    private partial void LogSettled(long step, Outcome outcome);

    [LoggerMessage(LogLevel.Warning, "Decision missed and not to be carried out here: {Reason}")]
    private partial void LogNotHeld(string reason);

    [LoggerMessage(LogLevel.Information, "State before step {Step} received from {StateSource}")]
    private partial void LogRestored(long step, string stateSource);
}
