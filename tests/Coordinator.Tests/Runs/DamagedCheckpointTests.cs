using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>All copies of the state are lost, and the newest checkpoint cannot be read.</summary>
public sealed class DamagedCheckpointTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NewestIsDamaged_TheOneBeforeIsTakenAtOnce(bool isPeerFirst)
    {
        var scene = Sealed(workers: 2, checkpoints: 2);
        var (reader, peer) = (Fresh(scene, "a"), Fresh(scene, "b"));
        Assert.Equal("/checkpoints/4", reader.Generation!.State.CheckpointFolder);

        if (isPeerFirst)
            peer.FailGeneration(suspect: 0);
        reader.FailGeneration("not the content that was written", damaged: "/checkpoints/4");
        reader.StandBy();
        peer.StandBy();

        Assert.All([reader, peer], w => Assert.Equal(("/checkpoints/2", 2L), (w.Generation!.State.CheckpointFolder, w.Generation.State.StepsDecided)));
        Assert.Equal(new RolledBack(4, 2, "2"), scene.Journal.OfType<RolledBack>().Single());
        Assert.Equal(
            "Checkpoint 4 is damaged and passed over: not the content that was written",
            scene.Log.Newest.Single(e => e.Level == "Warning" && e.Text.StartsWith("Checkpoint", StringComparison.Ordinal)).Text);
    }

    [Fact]
    public void ManyAreDamaged_AreAllPassedOverWithoutAPause()
    {
        var scene = Sealed(workers: 1, checkpoints: 30);
        var worker = Fresh(scene, "a");

        while (worker.Generation!.State.StepsDecided > 2)
            Damaged(worker);

        Assert.Null(scene.ExitCode);
        worker.Ready();
        Assert.Equal(2, worker.Step);
    }

    [Fact]
    public void AllAreDamaged_TheRunFailsAndNamesThem()
    {
        var scene = Sealed(workers: 1, checkpoints: 2);
        var worker = Fresh(scene, "a");

        Damaged(worker);
        Damaged(worker);

        Assert.Equal(1, scene.ExitCode);
        Assert.Equal(
            "no worker holds the state after 2 steps, and no sound checkpoint is left in /checkpoints (damaged: 2, 4): put them back, or start over with --fresh",
            worker.Stop!.Detail);
    }

    [Fact]
    public void DamagedOne_SealedAnew_IsGoneBackToAgain()
    {
        var scene = Sealed(workers: 1, checkpoints: 2);
        var worker = Fresh(scene, "a");
        Damaged(worker);
        worker.Ready();
        RunScene.Vote([worker], 2);

        worker.Seal();
        worker.Die();

        Assert.Equal("/checkpoints/4", Fresh(scene, "a").Generation!.State.CheckpointFolder);
    }

    [Fact]
    public void CheckpointThatTheRunDoesNotKnow_EndsTheGenerationLikeAnyFailure()
    {
        var scene = Sealed(workers: 1, checkpoints: 2);
        var worker = Fresh(scene, "a");

        worker.FailGeneration(damaged: "/elsewhere/3");
        worker.StandBy();

        Assert.Equal((3L, "/checkpoints/4"), (worker.Generation!.Generation.Number, worker.Generation.State.CheckpointFolder));
        Assert.False(scene.HasLogged("passed over"));
    }

    /// <summary>Checkpoints after 2, 4, ... steps, and nobody left.</summary>
    private static RunScene Sealed(int workers, int checkpoints)
    {
        var scene = new RunScene(steps: 99, workers: workers, checkpointEvery: 2);
        var all = scene.Start([.. new[] { "a", "b" }.Take(workers)]);
        for (var i = 0; i < checkpoints; i++)
        {
            RunScene.Vote(all, 2);
            all[0].Seal();
        }

        scene.Restart();
        return scene;
    }

    private static Actor Fresh(RunScene scene, string id)
    {
        var worker = scene.Join(id, process: "p2");
        worker.StandBy();
        return worker;
    }

    private static void Damaged(Actor reader)
    {
        reader.FailGeneration("damaged", damaged: reader.Generation!.State.CheckpointFolder!);
        reader.StandBy();
    }
}
