namespace Distributed.Coordinator.Runs;

// One line for each change of state; progress, which is none, for those who look for a fault.
internal sealed partial class RunMachine
{
    [LoggerMessage(LogLevel.Information, "Worker {WorkerId} joined")]
    private partial void LogWorkerJoined(string workerId);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} refused: {Reason}")]
    private partial void LogWorkerRefused(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} lost: {Reason}")]
    private partial void LogWorkerLost(string workerId, string reason);

    [LoggerMessage(LogLevel.Information, "Waiting: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Information, "Generation {Generation} formed with {WorldSize} workers at step {Step}, state: {Source} ({Reason})")]
    private partial void LogGenerationFormed(long generation, int worldSize, long step, string source, string reason);

    [LoggerMessage(LogLevel.Information, "Generation {Generation} closed: {Reason}")]
    private partial void LogGenerationClosed(long generation, string reason);

    [LoggerMessage(LogLevel.Warning, "No worker holds the state after {FromStep} steps: going back to step {Step}, state: {Source}")]
    private partial void LogGoingBack(long fromStep, long step, string source);

    [LoggerMessage(LogLevel.Debug, "Step {Step} of {TotalSteps}, epoch {Epoch}, loss {Loss:0.0000}, {RowsPerSecond:0.0} rows/s")]
    private partial void LogProgress(long step, long totalSteps, int epoch, double loss, double rowsPerSecond);

    [LoggerMessage(LogLevel.Debug, "Step {Step} of {TotalSteps}, epoch {Epoch}, dataset {Dataset}, loss {Loss:0.0000}, {RowsPerSecond:0.0} rows/s")]
    private partial void LogProgressOf(string dataset, long step, long totalSteps, int epoch, double loss, double rowsPerSecond);

    [LoggerMessage(LogLevel.Warning, "Step {Step} is replayed: {Reason}")]
    private partial void LogReplayed(long step, string reason);

    [LoggerMessage(LogLevel.Warning, "Step {Step} is skipped: not finite a second time; plan {PlanHash}, {RowCount} rows: {Rows}")]
    private partial void LogSkipped(long step, int rowCount, string rows, string planHash);

    [LoggerMessage(LogLevel.Error, "Step {Step}: workers diverged: {Workers}: {Reason}")]
    private partial void LogDiverged(long step, string workers, string reason);

    [LoggerMessage(LogLevel.Debug, "Watch at step {Step}: {Figures}")]
    private partial void LogWatched(long step, string figures);

    [LoggerMessage(LogLevel.Warning, "Alarm {Alarm} at step {Step}: {Reason}")]
    private partial void LogAlarm(string alarm, long step, string reason);

    [LoggerMessage(LogLevel.Warning, "Alarm {Alarm} is over at step {Step}: {Reason}")]
    private partial void LogAlarmOver(string alarm, long step, string reason);

    [LoggerMessage(LogLevel.Information, "Evaluation after {Step} steps: {Metrics}")]
    private partial void LogEvaluated(long step, string metrics);

    [LoggerMessage(LogLevel.Information, "Checkpoint after {Step} steps sealed: {Folder}")]
    private partial void LogCheckpointSealed(long step, string folder);

    [LoggerMessage(LogLevel.Warning, "Checkpoint {Checkpoint} is damaged and passed over: {Reason}")]
    private partial void LogCheckpointDamaged(string checkpoint, string reason);

    [LoggerMessage(LogLevel.Information, "Stop requested by {By}: after the current task")]
    private partial void LogStopRequested(string by);

    [LoggerMessage(LogLevel.Information, "Run {Detail}")]
    private partial void LogEnded(string detail);

    [LoggerMessage(LogLevel.Critical, "Run failed: {Reason}")]
    private partial void LogFailed(string reason);
}
