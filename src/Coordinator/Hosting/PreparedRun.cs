using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Runs;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Coordinator.Hosting;

/// <summary>A run that is ready to be coordinated: job and data read, run folder locked, journal open.</summary>
internal sealed class PreparedRun : IDisposable
{
    private readonly RunLock _lock;

    private PreparedRun(RunLock runLock, DecisionJournal journal, RunPlan plan, RunMachineOptions options, string folder)
    {
        _lock = runLock;
        Journal = journal;
        Plan = plan;
        Options = options;
        Folder = folder;
    }

    public DecisionJournal Journal { get; }

    public RunPlan Plan { get; }

    public RunMachineOptions Options { get; }

    /// <summary>The run folder.</summary>
    public string Folder { get; }

    /// <summary>Whether the run was finished and its model is missing since.</summary>
    public bool IsReopened { get; private init; }

    /// <exception cref="BadInputException">Something of it is not usable.</exception>
    /// <exception cref="JournalException">The disk does not take the journal.</exception>
    public static PreparedRun From(CoordinatorArguments arguments, TimeProvider time)
    {
        try
        {
            var job = JobFile.Load(arguments.JobFile);
            var options = OptionsOf(arguments, job);
            var set = TrainingSetReader.Read(job.Datasets);
            // The workers score with it. Read here, a mistake in it is one line before any of them starts.
            if (job.Evaluation is { } evaluation)
                _ = RetrievalSetReader.Read(evaluation);
            var planner = new BatchPlanner(set, job);
            return Open(job, new RunIdentity(JobHash.Of(job), set.Fingerprint, planner.TotalSteps), PlanOf(job, planner), options, arguments.IsFresh, time);
        }
        catch (Exception e) when (e is JobFileException or DataFormatException or JobConflictException or JournalException { IsMachineFault: false })
        {
            throw new BadInputException(e.Message, e);
        }
    }

    public void Dispose()
    {
        Journal.Dispose();
        _lock.Dispose();
    }

    private static RunMachineOptions OptionsOf(CoordinatorArguments arguments, Job job)
    {
        var workers = arguments.Workers ?? job.Workers.Count;
        if (workers < 1 || workers > job.Batch.Shards)
            throw new BadInputException($"--workers {workers}: expected 1 to {job.Batch.Shards}, the job's batch.shards");
        if (arguments.MinWorkers < 1 || arguments.MinWorkers > workers)
            throw new BadInputException($"--min-workers {arguments.MinWorkers}: expected 1 to {workers}, the number of workers");

        return new RunMachineOptions { Rendezvous = new RendezvousOptions { Workers = workers, MinWorkers = arguments.MinWorkers } };
    }

    private static RunPlan PlanOf(Job job, BatchPlanner planner) => new()
    {
        TotalSteps = planner.TotalSteps,
        Shards = job.Batch.Shards,
        CheckpointEverySteps = job.Checkpoint.EverySteps,
        HasEvaluation = job.Evaluation is not null,
        EvaluateEverySteps = job.Evaluation?.EverySteps,
        Datasets = job.Datasets.Length > 1 ? [.. job.Datasets.Select(dataset => dataset.Name)] : [],
        Plan = planner.Plan,
    };

    private static PreparedRun Open(Job job, RunIdentity identity, RunPlan plan, RunMachineOptions options, bool isFresh, TimeProvider time)
    {
        var folder = job.Output.Folder;
        var runLock = RunFolder.Lock(folder);
        try
        {
            if (isFresh)
                RunFolder.Clear(folder);
            if (RunFolder.HasStrayCheckpoints(folder))
                throw new BadInputException(
                    $"{folder}: it holds checkpoints of a run, but not its journal.db: put it back, give another output folder, or --fresh to start over");
            var journal = DecisionJournal.Open(RunFolder.Journal(folder), identity, time, job.Watch);
            var isReopened = journal.Facts.IsFinished && !RunFolder.HasModel(folder);
            if (isReopened)
                journal.Facts.Reopen();
            return new PreparedRun(runLock, journal, plan, options, folder) { IsReopened = isReopened };
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
    }
}
