using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>The coordinator, or everyone, dies and comes back.</summary>
public sealed class RestartTests
{
    [Fact]
    public void Restart_WorkersHoldTheState_GoOnWithoutBroadcast()
    {
        var scene = new RunScene(steps: 4);
        RunScene.Vote(scene.Start("a", "b"), 2);

        scene.Restart();
        var (a, b) = (Back(scene, "a", 2), Back(scene, "b", 2));

        Assert.Equal((2L, false), (a.Generation!.State.StepsDecided, a.Generation.State.IsBroadcast));
        Assert.Equal((2L, 2L), (a.Generation.Generation.Number, a.Generation.Incarnation));
        RunScene.Ready(a, b);
        Assert.Equal(2, a.Step);
    }

    [Fact]
    public void Restart_DiedBeforeTheDecisionWasWritten_TheStepIsRedone()
    {
        var scene = new RunScene(steps: 4);
        RunScene.Vote(scene.Start("a", "b"), 2);

        scene.Restart();
        var (a, b) = (Back(scene, "a", 2, pending: Actor.Digest(2)), Back(scene, "b", 2));

        Assert.False(a.Generation!.State.IsBroadcast);
        Assert.Equal(1, a.Generation.LastDecision!.Step);
        RunScene.Ready(a, b);
        Assert.Equal(2, a.Step);
    }

    [Fact]
    public void Restart_DiedAfterTheDecisionWasWritten_ThePendingGradientIsApplied()
    {
        var scene = new RunScene(steps: 4);
        RunScene.Vote(scene.Start("a", "b"), 3);

        // Neither heard of step 2.
        scene.Restart();
        var (a, _) = (Back(scene, "a", 2, pending: Actor.Digest(2)), Back(scene, "b", 2, pending: Actor.Digest(2)));

        Assert.Equal((3L, false), (a.Generation!.State.StepsDecided, a.Generation.State.IsBroadcast));
        Assert.Equal((2L, Actor.Digest(2)), (a.Generation.LastDecision!.Step, a.Generation.LastDecision.GradientDigest));
    }

    [Fact]
    public void Restart_OneHeardTheDecisionTheOtherHoldsAnother_TheOneIsTheSource()
    {
        var scene = new RunScene(steps: 4);
        RunScene.Vote(scene.Start("a", "b"), 3);

        scene.Restart();
        var (a, _) = (Back(scene, "a", 2, pending: 1), Back(scene, "b", 3));

        Assert.Equal((1, true), (a.Generation!.State.SourceRank!.Value, a.Generation.State.IsBroadcast));
    }

    [Fact]
    public void AllDead_CheckpointIsThere_GoesBackAndDecidesTheSameStepsAgain()
    {
        var scene = new RunScene(steps: 6, checkpointEvery: 2);
        var workers = scene.Start("a", "b");
        RunScene.Vote(workers, 2);
        workers[0].Seal();
        RunScene.Vote(workers, 2);

        workers[0].Die();
        workers[1].Die();
        var (a, b) = (Back(scene, "a", 0), Back(scene, "b", 0));

        Assert.Equal(("/checkpoints/2", 2L, true), (a.Generation!.State.CheckpointFolder, a.Generation.State.StepsDecided, a.Generation.State.IsBroadcast));
        Assert.True(scene.HasLogged("going back to step 2"));
        RunScene.Ready(a, b);
        Assert.Equal(2, a.Step);
        RunScene.Vote([a, b], 4);
        a.Report();
        Assert.Equal(0, scene.ExitCode);
        Assert.Equal([0L, 1, 2, 3, 2, 3, 4, 5], scene.Journal.OfType<StepDecided>().Select(d => d.Step));
    }

    [Fact]
    public void AllDead_RecomputedStepGivesAnotherDigest_FailsCriticallyByName()
    {
        var scene = new RunScene(steps: 6, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        worker.Seal();
        RunScene.Vote([worker], 2);
        worker.Die();
        var fresh = Back(scene, "a", 0);
        fresh.Ready();

        fresh.Vote(digest: 1);

        Assert.Equal(1, scene.ExitCode);
        Assert.Contains(scene.Log.Newest, e => e.Level == "Critical" && e.Text.Contains("step 2", StringComparison.Ordinal));
        Assert.Empty(fresh.Decisions);
    }

    [Fact]
    public void AllDead_NewestFolderIsGone_TakesTheOneBefore()
    {
        var scene = new RunScene(steps: 9, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        worker.Seal();
        RunScene.Vote([worker], 2);
        worker.Seal();
        scene.Folders.Remove("/checkpoints/4");
        worker.Die();

        Assert.Equal("/checkpoints/2", Back(scene, "a", 0).Generation!.State.CheckpointFolder);
    }

    [Fact]
    public void AllDead_NoneOfTheSealedIsThere_FailsWithWhatToDo()
    {
        var scene = new RunScene(steps: 9, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        worker.Seal();
        scene.Restart();
        scene.Folders.Clear();

        var back = Back(scene, "a", 0);

        Assert.Equal(1, scene.ExitCode);
        Assert.Equal(StopCause.Failed, back.Stop?.Cause);
        Assert.Equal(
            "no worker holds the state after 2 steps, and none of the run's checkpoints is in /checkpoints: put them back, or start over with --fresh",
            back.Stop!.Detail);
        Assert.Empty(scene.Journal.OfType<RolledBack>());
    }

    [Fact]
    public void Restart_NoneOfTheSealedIsThereButAWorkerHoldsTheState_GoesOn()
    {
        var scene = new RunScene(steps: 9, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        worker.Seal();
        scene.Restart();
        scene.Folders.Clear();

        Assert.Equal(2, Back(scene, "a", 2).Generation!.State.StepsDecided);
    }

    [Fact]
    public void Restart_SealedElsewhere_IsFoundByItsName()
    {
        var scene = new RunScene(steps: 9, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        scene.Post(new CheckpointWritten(worker.Connection, 2, "/before/it/was/moved/2", "aa"));
        scene.Folders.Add("/checkpoints/2");
        scene.Restart();

        Assert.Equal("/checkpoints/2", Back(scene, "a", 0).Generation!.State.CheckpointFolder);
    }

    [Fact]
    public void AllDead_NothingSealed_StartsFromTheInitialModel()
    {
        var scene = new RunScene(steps: 4, workers: 1);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        worker.Die();

        var fresh = Back(scene, "a", 0);

        Assert.Equal((0L, false), (fresh.Generation!.State.StepsDecided, fresh.Generation.State.IsBroadcast));
        Assert.Equal((2L, 0L), scene.Journal.OfType<RolledBack>().Select(r => (r.FromSteps, r.ToSteps)).Single());
        fresh.Ready();
        Assert.Equal(0, fresh.Step);
    }

    [Fact]
    public void AllDead_NothingSealedAndOnlyAStrangeStateLeft_ThatProcessIsReplaced()
    {
        var scene = new RunScene(steps: 4, workers: 1);
        RunScene.Vote(scene.Start("a"), 3);
        scene.Restart();

        var stale = Back(scene, "a", 1);

        Assert.Equal(StopCause.Replaced, stale.Stop?.Cause);
        Assert.Equal(0, Back(scene, "a", 0).Generation!.State.StepsDecided);
    }

    [Fact]
    public void AllDead_OneComesBackWithoutState_WaitsForWhoeverMightHaveIt()
    {
        var scene = new RunScene(steps: 9);
        var workers = scene.Start("a", "b");
        RunScene.Vote(workers, 3);
        workers[0].Die();
        workers[1].Die();
        var fresh = scene.Join("a", process: "p2");
        fresh.StandBy();

        scene.Pass(9);
        Assert.Null(fresh.Generation);
        var survivor = Back(scene, "b", 3);

        Assert.Equal((1, 3L), (survivor.Generation!.State.SourceRank!.Value, survivor.Generation.State.StepsDecided));
    }

    [Fact]
    public void Restart_AfterTheLastStep_EvaluatesAndSavesOnly()
    {
        var scene = new RunScene(steps: 1, workers: 1, hasEvaluation: true);
        var worker = scene.Start("a")[0];
        worker.Report("", ("ndcg@10", 0.1));
        worker.Vote();
        scene.Restart();

        var back = Back(scene, "a", 1);
        back.Ready();

        Assert.Equal(new Evaluate(1), back.Task!.Task);
    }

    [Fact]
    public void FinishedAndReopened_CheckpointIsThere_SavesTheModelAgainFromIt()
    {
        var scene = new RunScene(steps: 4, workers: 1, checkpointEvery: 2);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 4);
        worker.Seal();
        worker.Report();
        Assert.Equal(0, scene.ExitCode);

        scene.Restart();
        scene.Facts.Reopen();
        var back = Back(scene, "a", 0);
        back.Ready();

        Assert.Equal("/checkpoints/4", back.Generation!.State.CheckpointFolder);
        Assert.IsType<SaveModel>(back.Task!.Task);
        back.Report();
        Assert.Equal(2, scene.Journal.OfType<RunFinished>().Count());
        Assert.Equal(StopCause.Finished, back.Stop?.Cause);
    }

    [Fact]
    public void FinishedAndReopened_NothingSealedIsLeft_TrainsAgain()
    {
        var scene = new RunScene(steps: 2, workers: 1);
        var worker = scene.Start("a")[0];
        RunScene.Vote([worker], 2);
        worker.Report();

        scene.Restart();
        scene.Facts.Reopen();
        var back = Back(scene, "a", 0);
        back.Ready();

        Assert.Equal(0, back.Step);
    }

    private static Actor Back(RunScene scene, string id, long steps, ulong? pending = null)
    {
        var actor = scene.Join(id, process: "p2");
        actor.StepsDecided = steps;
        actor.Pending = pending;
        actor.StandBy();
        return actor;
    }
}
