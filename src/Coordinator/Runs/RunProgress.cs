using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Runs;

/// <summary>The order of a run's tasks: a function of what the journal says, so that a restarted coordinator goes on where the last one was.</summary>
internal static class RunProgress
{
    /// <summary>The next task; null: the run is finished.</summary>
    public static RunTask? Next(RunFacts facts, RunPlan plan)
    {
        if (facts.IsFinished)
            return null;
        if (IsEvaluationDue(facts, plan))
            return new Evaluate(facts.StepsDecided);
        if (facts.StepsDecided >= plan.TotalSteps)
            return new SaveModel([.. facts.Evaluations]);

        var step = plan.Plan(facts.StepsDecided);
        return new TrainStep(step.Step, step.Epoch, step.Hash, IsCheckpointDue(step.Step + 1, plan));
    }

    private static bool IsEvaluationDue(RunFacts facts, RunPlan plan)
    {
        var steps = facts.StepsDecided;
        return plan.HasEvaluation && !facts.IsEvaluated(steps)
            && (steps == 0 || steps == plan.TotalSteps || (plan.EvaluateEverySteps is { } every && steps % every == 0));
    }

    private static bool IsCheckpointDue(long steps, RunPlan plan) => steps % plan.CheckpointEverySteps == 0 || steps == plan.TotalSteps;
}
