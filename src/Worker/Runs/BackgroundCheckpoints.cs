using Distributed.Training.Checkpoints;

namespace Distributed.Worker.Runs;

/// <summary>
/// Checkpoints written beside the computation: training waits only for the copy of its state, and for the checkpoint before, if that still goes on.
/// </summary>
/// <param name="replica">Whose state.</param>
/// <param name="copy">Takes the copy; nobody else may touch it before <see cref="DrainAsync"/> is done.</param>
/// <param name="writer">Writes it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class BackgroundCheckpoints(
    IReplica replica, StateBuffer copy, CheckpointWriter writer, TimeProvider time, ILogger<BackgroundCheckpoints> logger)
{
    private Task _writing = Task.CompletedTask;

    /// <summary>Raised when a checkpoint is sealed, on the thread that wrote it.</summary>
    public event Action<SealedCheckpoint>? Sealed;

    /// <summary>The newest checkpoint that this process sealed; null before the first.</summary>
    public SealedCheckpoint? Newest { get; private set; }

    /// <summary>Why the last checkpoint could not be written; null while none failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>Copies the state and starts to write it.</summary>
    public async Task StartAsync()
    {
        await _writing;
        replica.ViewState().CopyTo(copy.State);
        _writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits until nothing is being written.</summary>
    public Task DrainAsync() => _writing;

    private void Write()
    {
        long started = time.GetTimestamp();
        try
        {
            var newest = writer.Write(copy.State);
            Newest = newest;
            LogSealed(newest.StepsDecided, newest.Folder, time.GetElapsedTime(started));
            Sealed?.Invoke(newest);
        }
        catch (CheckpointException e)
        {
            Failure = e.Message;
            LogFailed(e.Message);
        }
        catch (Exception e)
        {
            // A defect of ours; the next task reports it, and the run fails.
            Failure = e.Message;
            LogBroken(e);
        }
    }

    [LoggerMessage(LogLevel.Information, "Checkpoint before step {Step} sealed in {Folder} after {Elapsed}")]
    private partial void LogSealed(long step, string folder, TimeSpan elapsed);

    [LoggerMessage(LogLevel.Error, "Checkpoint not written: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Critical, "Checkpoint not written")]
    private partial void LogBroken(Exception exception);
}
