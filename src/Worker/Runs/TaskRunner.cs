using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Protocol;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;
using Distributed.Worker.Membership;
using WorkTask = Distributed.Protocol.Task;

namespace Distributed.Worker.Runs;

/// <summary>Does what the coordinator asks for in one generation: tasks, and the decisions that end training steps.</summary>
internal sealed partial class TaskRunner(IReplica replica, ReplicaLedger ledger, IStepPlans plans, BackgroundCheckpoints checkpoints, ILogger<TaskRunner> logger)
{
    private bool _checkpointAfterStep;

    /// <summary>Takes messages until the generation is closed, which cancels the token.</summary>
    /// <exception cref="CollectiveAbortedException">A peer is gone.</exception>
    /// <exception cref="ReplicaDivergedException">A gradient was committed that is not the one computed here.</exception>
    /// <exception cref="RunConflictException">This worker does not fit the run.</exception>
    public async Task RunAsync(CoordinatorSession session, GenerationMailbox mailbox, ICollectives collectives, CancellationToken cancellationToken)
    {
        _checkpointAfterStep = false;
        await foreach (var message in mailbox.Messages.ReadAllAsync(cancellationToken))
        {
            if (message.Decision is { } decision)
                await DecideAsync(decision, collectives);
            else
                session.Send(await PerformAsync(message.Task, collectives, cancellationToken));
        }
    }

    /// <summary>What ends the task: a vote or a report.</summary>
    private async Task<WorkerMessage> PerformAsync(WorkTask task, ICollectives collectives, CancellationToken cancellationToken)
    {
        // A checkpoint that cannot be written fails the run, however long writing takes to fail.
        if (task.BodyCase is WorkTask.BodyOneofCase.WriteCheckpoint or WorkTask.BodyOneofCase.SaveModel)
            await checkpoints.DrainAsync();
        if (checkpoints.Failure is { } failure)
            return Messages.Report(task, error: failure);

        switch (task.BodyCase)
        {
            case WorkTask.BodyOneofCase.TrainStep:
                return await TrainAsync(task, collectives, cancellationToken);
            case WorkTask.BodyOneofCase.Evaluate:
                return await EvaluateAsync(task, collectives, cancellationToken);
            case WorkTask.BodyOneofCase.WriteCheckpoint:
                return collectives.Rank == 0 ? await WriteCheckpointAsync(task) : Messages.Report(task);
            case WorkTask.BodyOneofCase.SaveModel:
                return collectives.Rank == 0 ? await SaveModelAsync(task, cancellationToken) : Messages.Report(task);
            default:
                throw new RunConflictException($"task {task.Sequence} of generation {task.Generation} is of a kind that this version does not know");
        }
    }

    private async Task<WorkerMessage> TrainAsync(WorkTask task, ICollectives collectives, CancellationToken cancellationToken)
    {
        var train = task.TrainStep;
        if (train.Step != ledger.StepsDecided)
            throw new RunConflictException($"asked for step {train.Step}, this worker's state is the one before step {ledger.StepsDecided}");
        var plan = plans.Plan(train.Step);
        if (plan.Hash != train.PlanHash)
            throw new RunConflictException($"step {train.Step}: this worker's plan {plan.Hash:x16} is not the coordinator's {train.PlanHash:x16}");

        ledger.Discard();
        var step = await replica.ComputeStepAsync(plan, collectives, cancellationToken);
        ledger.Hold(step);
        _checkpointAfterStep = train.CheckpointAfter;
        return Messages.Vote(task.Generation, plan, step);
    }

    private async Task DecideAsync(Decision decision, ICollectives collectives)
    {
        if (decision.Outcome != Outcome.Commit)
            LogNotCommitted(decision.Step, decision.Outcome);
        if (ledger.TrySettle(decision) && _checkpointAfterStep && collectives.Rank == 0)
            await checkpoints.StartAsync();
    }

    private async Task<WorkerMessage> EvaluateAsync(WorkTask task, ICollectives collectives, CancellationToken cancellationToken)
    {
        try
        {
            return Messages.Report(task, await replica.EvaluateAsync(collectives, cancellationToken));
        }
        catch (EmbeddingNotFiniteException e)
        {
            return Messages.Report(task, error: e.Message);
        }
    }

    private async Task<WorkerMessage> WriteCheckpointAsync(WorkTask task)
    {
        await checkpoints.StartAsync();
        await checkpoints.DrainAsync();
        return Messages.Report(task, error: checkpoints.Failure ?? "");
    }

    private async Task<WorkerMessage> SaveModelAsync(WorkTask task, CancellationToken cancellationToken)
    {
        try
        {
            var evaluations = task.SaveModel.Evaluations.Select(e => new EvaluationScores(e.StepsDecided, e.Metrics.ToImmutableDictionary())).ToImmutableArray();
            await replica.SaveModelAsync(evaluations, cancellationToken);
            return Messages.Report(task);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Messages.Report(task, error: $"cannot save the model: {e.Message}");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Step {Step}: {Outcome}, the gradient is not applied")]
    private partial void LogNotCommitted(long step, Outcome outcome);
}
