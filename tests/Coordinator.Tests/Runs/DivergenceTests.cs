using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>Votes that differ, and votes that are not finite.</summary>
public sealed class DivergenceTests
{
    [Fact]
    public void DigestDiffers_OneOfThree_OnlyItIsReplacedAndNobodyApplies()
    {
        var scene = new RunScene(workers: 3);
        var workers = scene.Start("a", "b", "c");
        workers[0].Vote();
        workers[1].Vote(digest: 1);
        workers[2].Vote();

        Assert.Equal(StopCause.Replaced, workers[1].Stop?.Cause);
        Assert.False(workers[1].IsConnected);
        Assert.All(workers, w => Assert.Empty(w.Decisions));
        Assert.Null(workers[0].Stop);
        workers[0].StandBy();
        workers[2].StandBy();
        scene.Join("b", process: "p2").StandBy();
        Assert.Equal(3, workers[0].Generation!.Generation.Members.Length);
    }

    [Fact]
    public void DigestDiffers_TwoWorkers_BothAreReplacedAndTheCheckpointIsTheSource()
    {
        var scene = new RunScene(steps: 6, checkpointEvery: 2);
        var workers = scene.Start("a", "b");
        RunScene.Vote(workers, 2);
        workers[0].Seal();
        RunScene.Vote(workers);
        workers[0].Vote();
        workers[1].Vote(digest: 1);

        Assert.All(workers, w => Assert.Equal(StopCause.Replaced, w.Stop?.Cause));
        var fresh = scene.Join("a", process: "p2");
        fresh.StandBy();
        scene.Join("b", process: "p2").StandBy();
        Assert.Equal(("/checkpoints/2", 2L), (fresh.Generation!.State.CheckpointFolder, fresh.Generation.State.StepsDecided));
        Assert.Equal(new RolledBack(3, 2, "2"), scene.Journal.OfType<RolledBack>().Single());
    }

    [Fact]
    public void RowsDiffer_TheWorkerIsReplaced()
    {
        var scene = new RunScene(workers: 3);
        var workers = scene.Start("a", "b", "c");
        workers[0].Vote();
        workers[1].Vote();
        workers[2].Vote(rowsHash: 1);

        Assert.Equal(StopCause.Replaced, workers[2].Stop?.Cause);
        Assert.Contains("other rows", workers[2].Stop!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void NotFinite_IsReplayedAndThenCommittedIfItWasAChance()
    {
        var scene = new RunScene(workers: 1);
        var worker = scene.Start("a")[0];

        worker.Vote(isFinite: false);
        Assert.Equal(StepOutcome.Replay, worker.Decisions.Single().Outcome);
        Assert.Equal((0L, 2L), (worker.Step!.Value, worker.Task!.Sequence));
        Assert.Empty(scene.Journal.OfType<StepDecided>());
        worker.Vote();

        Assert.Equal(StepOutcome.Commit, scene.Journal.OfType<StepDecided>().Single().Outcome);
    }

    [Fact]
    public void NotFinite_Twice_IsSkippedWithItsRowsLogged()
    {
        var scene = new RunScene(workers: 1);
        var worker = scene.Start("a")[0];
        worker.Vote();

        worker.Vote(isFinite: false);
        worker.Vote(isFinite: false);

        Assert.Equal(StepOutcome.Skip, scene.Journal.OfType<StepDecided>().Last().Outcome);
        Assert.True(scene.HasLogged("2 rows: 2 3"));
        Assert.Equal([1L], scene.Status.SkippedSteps);
        Assert.Equal(2, worker.Step);
    }

    [Fact]
    public void NotFinite_ThreeStepsInARow_FailsTheRun()
    {
        var scene = new RunScene(steps: 9, workers: 1);
        var worker = scene.Start("a")[0];
        worker.Vote();

        for (var vote = 0; vote < 6; vote++)
            worker.Vote(isFinite: false);

        Assert.Equal(1, scene.ExitCode);
        Assert.StartsWith("Run failed", scene.Written.Lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(StopCause.Failed, worker.Stop?.Cause);
        Assert.Equal([StepOutcome.Commit, StepOutcome.Skip, StepOutcome.Skip, StepOutcome.Skip], scene.Journal.OfType<StepDecided>().Select(d => d.Outcome));
    }

    [Fact]
    public void NotFinite_CommitsBetween_DoNotFailTheRun()
    {
        var scene = new RunScene(steps: 9, workers: 1);
        var worker = scene.Start("a")[0];

        for (var round = 0; round < 3; round++)
        {
            worker.Vote(isFinite: false);
            worker.Vote(isFinite: false);
            worker.Vote();
        }

        Assert.Null(scene.ExitCode);
        Assert.Equal([0L, 2, 4], scene.Status.SkippedSteps);
    }
}
