using System.Collections.Immutable;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Coordinator.Tests.Runs;

public sealed class RunProgressTests
{
    [Fact]
    public void Next_Followed_GivesEveryStepOnceAndEveryScoreThatIsDue() =>
        Prop.ForAll<PositiveInt, PositiveInt, bool>((total, every, hasEvaluation) =>
        {
            var plan = Plan(total.Get % 40 + 1, hasEvaluation, every.Get % 7 + 1);
            var tasks = Follow(plan);

            var steps = tasks.OfType<TrainStep>().Select(t => t.Step);
            var scores = tasks.OfType<Evaluate>().Select(t => t.StepsDecided).ToList();
            var due = Enumerable.Range(0, (int)plan.TotalSteps + 1).Select(s => (long)s).Where(s => s % plan.EvaluateEverySteps == 0 || s == plan.TotalSteps);
            return steps.SequenceEqual(Enumerable.Range(0, (int)plan.TotalSteps).Select(s => (long)s))
                && scores.SequenceEqual(hasEvaluation ? due : [])
                && tasks[^1] is SaveModel save && save.Evaluations.Length == scores.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_NoIntervalOfScores_ScoresBeforeAndAfter() =>
        Assert.Equal([0L, 5], Follow(Plan(5, hasEvaluation: true, evaluateEvery: null)).OfType<Evaluate>().Select(t => t.StepsDecided));

    [Fact]
    public void Next_StateWasScoredBeforeGoingBack_IsNotScoredAgain()
    {
        var facts = Facts();
        facts.Apply(new StateEvaluated(0, 1, ImmutableSortedDictionary<string, double>.Empty));
        facts.Apply(Decided(0));
        facts.Apply(new RolledBack(1, 0, "the initial model"));

        Assert.IsType<TrainStep>(RunProgress.Next(facts, Plan(5, hasEvaluation: true, evaluateEvery: 1)));
    }

    [Fact]
    public void Next_Finished_IsNothing()
    {
        var facts = Facts();
        facts.Apply(new RunFinished(0));

        Assert.Null(RunProgress.Next(facts, Plan(5, hasEvaluation: true, evaluateEvery: null)));
    }

    private static List<RunTask> Follow(RunPlan plan)
    {
        var (facts, tasks) = (Facts(), new List<RunTask>());
        while (RunProgress.Next(facts, plan) is { } task)
        {
            tasks.Add(task);
            facts.Apply(task switch
            {
                TrainStep step => Decided(step.Step),
                Evaluate evaluate => new StateEvaluated(evaluate.StepsDecided, 1, ImmutableSortedDictionary<string, double>.Empty),
                _ => new RunFinished(plan.TotalSteps),
            });
        }

        return tasks;
    }

    private static RunFacts Facts() => new() { RunId = "r", Incarnation = 1, JobHash = "j", DataFingerprint = "d" };

    private static StepDecided Decided(long step) => new()
    {
        Step = step, Epoch = 0, Outcome = StepOutcome.Commit, GradientDigest = 1, RowsHash = 1, Loss = 1, GradientNorm = 1, Generation = 1,
    };

    private static RunPlan Plan(long steps, bool hasEvaluation, int? evaluateEvery) => new()
    {
        TotalSteps = steps, Shards = 8, CheckpointEverySteps = 10, HasEvaluation = hasEvaluation, EvaluateEverySteps = evaluateEvery, Plan = RunScene.PlanOf,
    };
}
