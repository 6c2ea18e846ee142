using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;

namespace Distributed.Coordinator.Runs;

// What a generation does, one task at a time.
internal sealed partial class RunMachine
{
    private void GiveTask(CurrentGeneration generation)
    {
        if (_stopRequestedBy is not null)
            StopBetweenTasks(generation);
        else if (Newcomer(generation) is { } newcomer)
            CloseGeneration(generation, $"worker {newcomer.WorkerId} joins");
        else if (RunProgress.Next(_facts, _plan) is { } task)
            Begin(generation, task);
        else
            Complete();
    }

    /// <summary>A worker in standby that a generation with too few members takes in:
    /// at a step boundary, and never before it has decided a step itself.</summary>
    private Member? Newcomer(CurrentGeneration generation) =>
        generation.StepsDecided > 0 && generation.WorldSize < _options.Rendezvous.Workers && _facts.StepsDecided < _plan.TotalSteps
            ? _members.Members.FirstOrDefault(m => m.Phase is MemberPhase.StandingBy)
            : null;

    private void Begin(CurrentGeneration generation, RunTask task)
    {
        generation.Begin(task, _now);
        TellAll(generation, new TaskAssigned(generation.Number, generation.Sequence, task));
    }

    private void OnTaskEnded(Member member, TaskEnded ended)
    {
        // Rank 0's report ends a task; the others' may come later, when the next one is at hand.
        if (_generation is not { } generation || generation.Number != ended.Generation || generation.Sequence != ended.Sequence)
            return;

        if (ended.Error.Length > 0)
            Fail($"worker {member.WorkerId}: {ended.Error}");
        else if (generation.Task is TrainStep)
            Violate(member, "a training step ends with a vote");
        else if (generation.RankOf(member.Connection) == 0)
            EndTask(generation, ended);
    }

    private void EndTask(CurrentGeneration generation, TaskEnded ended)
    {
        var task = generation.Task;
        generation.EndTask();
        switch (task)
        {
            case Evaluate evaluate:
                Record(new StateEvaluated(evaluate.StepsDecided, generation.Number, ended.Metrics));
                LogEvaluated(evaluate.StepsDecided, string.Join(", ", ended.Metrics.Select(m => $"{m.Key} {m.Value:0.0000}")));
                break;
            case WriteCheckpoint:
                EndRun(StopCause.Requested, $"stopped on request after {_facts.StepsDecided} steps, checkpoint written", ExitCodes.Done);
                break;
            case SaveModel:
                Complete();
                break;
        }
    }
}
