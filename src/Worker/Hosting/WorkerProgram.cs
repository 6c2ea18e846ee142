using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Hub;
using Distributed.Jobs;
using Distributed.Protocol;
using Distributed.Training.Checkpoints;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Training.Steps;
using Distributed.Worker.Collectives;
using Distributed.Worker.Membership;
using Distributed.Worker.Runs;

namespace Distributed.Worker.Hosting;

/// <summary>One life of a worker, from arguments to exit code.</summary>
internal static partial class WorkerProgram
{
    // Steps compute on pool threads for seconds; messages and heartbeats must find others at once.
    private const int LeastPoolThreads = 16;

    /// <param name="arguments">What the command line says.</param>
    /// <param name="hub">Where a model comes from that the job names by its id.</param>
    /// <param name="createLoggers">Makes the log of a worker of this name.</param>
    /// <param name="time">The clock.</param>
    public static async Task<int> RunAsync(WorkerArguments arguments, HubOptions hub, Func<string, ILoggerFactory> createLoggers, TimeProvider time)
    {
        using var loggers = createLoggers(arguments.WorkerId);
        var logger = loggers.CreateLogger(typeof(WorkerProgram));
        using var lifeline = Lifeline.Attach(arguments.HasLifeline);
        ThreadPool.SetMinThreads(LeastPoolThreads, LeastPoolThreads);
        try
        {
            var stop = await WorkAsync(arguments, hub, loggers, logger, time, lifeline.Ended);
            LogStopped(logger, arguments.WorkerId, stop.Detail);
            return ExitCodeOf(stop.Reason);
        }
        catch (Exception e) when (lifeline.Signal is not null && e is OperationCanceledException)
        {
            LogStopped(logger, arguments.WorkerId, $"{lifeline.Signal}");
            return lifeline.ExitCode;
        }
        catch (Exception e) when (WorkerFailure.Of(e) is { } failure)
        {
            foreach (var line in failure.Lines)
                LogFailed(logger, line);
            return failure.ExitCode;
        }
    }

    private static async Task<Stop> WorkAsync(
        WorkerArguments arguments, HubOptions hub, ILoggerFactory loggers, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var job = JobFile.Load(arguments.JobFile);
        if (job.Workers.Device is DeviceKind.Cuda)
            throw new RunConflictException("workers.device: cuda is not supported by this version yet; use cpu or auto");
        var set = TrainingSetReader.Read(job.Datasets);
        var heldOut = job.Evaluation is { } evaluation ? RetrievalSetReader.Read(evaluation) : null;
        var plans = new BatchPlanner(set, job);
        var start = await StartingFolderAsync(job.Model, hub, logger, time, cancellationToken);

        TorchRuntime.Initialize(job.Workers.Threads, arguments.TorchFolder);
        using var model = start is { } folder ? EmbeddingModel.Load(folder, job.Model) : EmbeddingModel.Create(job.Model, job.Seed);
        using var guides = GuideModels.Load(job);
        using var trainer = new Trainer(job, model, guides, set, plans, time);
        if (job.Batch.ActivationMemoryMb is { } budget)
            LogMicroBatches(logger, trainer.TokensPerMicroBatch, budget);
        var replica = new TrainerReplica(trainer, job, set.Rows.Length, heldOut);

        var identity = new WorkerIdentity(arguments.WorkerId, Guid.NewGuid().ToString(), JobHash.Of(job), set.Fingerprint);
        await using var listener = PeerListener.Listen(arguments.Peers, time, loggers.CreateLogger<PeerListener>());
        using var client = new CoordinatorClient(
            new ConnectionOptions { Coordinator = arguments.Coordinator, FirstConnectPatience = arguments.Patience }, time, loggers.CreateLogger<CoordinatorClient>());
        return await Compose(job, identity, replica, plans, client, listener, loggers, time).RunAsync(cancellationToken);
    }

    // The launcher has put the commit into the job's id, so that all workers start from the same one and find it in the cache.
    private static async Task<string?> StartingFolderAsync(ModelOptions model, HubOptions hub, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        if (model.Hub is not { } hubId)
            return model.Folder;
        var id = HubId.Parse(hubId);
        var found = await new ModelHub(hub, time).ResolveAsync(id, progress: null, cancellationToken);
        if (found.Warning is { } warning)
            LogDoubt(logger, warning);
        LogModel(logger, id.Repository, found.Commit, found.Folder);
        return found.Folder;
    }

    private static GenerationLoop Compose(
        Job job, WorkerIdentity identity, TrainerReplica replica, BatchPlanner plans, CoordinatorClient client, PeerListener listener, ILoggerFactory loggers, TimeProvider time)
    {
        var ledger = new ReplicaLedger(replica);
        var buffer = new StateBuffer(replica.Layout);
        var writer = new CheckpointWriter(Path.Combine(job.Output.Folder, "checkpoints"), job.Checkpoint.Keep);
        var checkpoints = new BackgroundCheckpoints(replica, buffer, writer, time, loggers.CreateLogger<BackgroundCheckpoints>());
        var transfer = new StateTransfer(replica, ledger, buffer, checkpoints, loggers.CreateLogger<StateTransfer>());
        var tasks = new TaskRunner(replica, ledger, plans, checkpoints, loggers.CreateLogger<TaskRunner>());
        return new GenerationLoop(identity, client, listener, ledger, transfer, tasks, checkpoints, time, loggers.CreateLogger<GenerationLoop>());
    }

    private static int ExitCodeOf(StopReason reason) => reason switch
    {
        StopReason.Finished or StopReason.Requested => ExitCodes.Done,
        StopReason.Refused => ExitCodes.BadInput,
        StopReason.Replaced => ExitCodes.Replaced,
        _ => ExitCodes.Failed,
    };

    [LoggerMessage(LogLevel.Information, "Worker {WorkerId} ends: {Reason}")]
    private static partial void LogStopped(ILogger logger, string workerId, string reason);

    [LoggerMessage(LogLevel.Information, "Micro-batches of at most {Tokens} tokens: their activations take at most {ActivationMemoryMb} MiB")]
    private static partial void LogMicroBatches(ILogger logger, int tokens, int activationMemoryMb);

    [LoggerMessage(LogLevel.Information, "Model {Model} at commit {Commit}, in {Folder}")]
    private static partial void LogModel(ILogger logger, string model, string commit, string folder);

    [LoggerMessage(LogLevel.Warning, "{Doubt}")]
    private static partial void LogDoubt(ILogger logger, string doubt);

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
