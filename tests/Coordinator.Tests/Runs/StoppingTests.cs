using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>A run that is asked to stop.</summary>
public sealed class StoppingTests
{
    private readonly RunScene _scene = new(steps: 9);

    [Fact]
    public void StopRequested_NoGeneration_StopsAtOnce()
    {
        var worker = _scene.Join("a");

        _scene.Post(new StopRequested("test"));

        Assert.Equal(0, _scene.ExitCode);
        Assert.Equal(StopCause.Requested, worker.Stop?.Cause);
    }

    [Fact]
    public void StopRequested_WhileTraining_WritesACheckpointAfterTheDecisionAndStops()
    {
        var workers = _scene.Start("a", "b");
        workers[0].Vote();

        _scene.Post(new StopRequested("test"));
        Assert.Null(_scene.ExitCode);
        Assert.Equal(RunState.Stopping, _scene.Status.State);
        workers[1].Vote();

        Assert.All(workers, w => Assert.IsType<WriteCheckpoint>(w.Task!.Task));
        workers[0].Seal();
        workers[0].Report();
        Assert.Equal(0, _scene.ExitCode);
        Assert.All(workers, w => Assert.Equal(StopCause.Requested, w.Stop?.Cause));
        Assert.Equal([1L], _scene.Facts.Checkpoints.Select(c => c.StepsDecided));
    }

    [Fact]
    public void StopRequested_StateIsSealedAlready_StopsWithoutAnother()
    {
        var scene = new RunScene(workers: 1, hasEvaluation: true, evaluateEvery: 1);
        var worker = scene.Start("a")[0];
        worker.Report();
        worker.Vote();
        worker.Seal();
        scene.Post(new StopRequested("test"));

        worker.Report();

        Assert.Equal(0, scene.ExitCode);
        Assert.DoesNotContain(worker.Heard, n => n is TaskAssigned { Task: WriteCheckpoint });
    }

    [Fact]
    public void StopRequested_SealedFolderIsGone_WritesAnother()
    {
        var scene = new RunScene(workers: 1, hasEvaluation: true, evaluateEvery: 1);
        var worker = scene.Start("a")[0];
        worker.Report();
        worker.Vote();
        worker.Seal();
        scene.Folders.Clear();
        scene.Post(new StopRequested("test"));

        worker.Report();

        Assert.IsType<WriteCheckpoint>(worker.Task!.Task);
    }

    [Fact]
    public void StopRequested_BeforeTheFirstDecision_HasNothingToSave()
    {
        var scene = new RunScene(workers: 1, hasEvaluation: true);
        var worker = scene.Start("a")[0];
        scene.Post(new StopRequested("test"));

        worker.Report("", ("ndcg@10", 0.1));

        Assert.Equal(0, scene.ExitCode);
        Assert.DoesNotContain(worker.Heard, n => n is TaskAssigned { Task: WriteCheckpoint });
    }

    [Fact]
    public void StopRequested_Twice_StopsAtOnce()
    {
        var workers = _scene.Start("a", "b");

        _scene.Post(new StopRequested("test"));
        _scene.Post(new StopRequested("test"));

        Assert.Equal(0, _scene.ExitCode);
        Assert.Equal(StopCause.Requested, workers[0].Stop?.Cause);
    }

    [Fact]
    public void StopRequested_GenerationIsLostMeanwhile_Stops()
    {
        var workers = _scene.Start("a", "b");
        _scene.Post(new StopRequested("test"));

        workers[1].Die();

        Assert.Equal(0, _scene.ExitCode);
        Assert.Equal(StopCause.Requested, workers[0].Stop?.Cause);
    }

    [Fact]
    public void StopRequested_CheckpointCannotBeWritten_Fails()
    {
        var workers = _scene.Start("a", "b");
        RunScene.Vote(workers);
        _scene.Post(new StopRequested("test"));
        RunScene.Vote(workers);

        workers[0].Report("no space left on device");

        Assert.Equal(1, _scene.ExitCode);
    }

    [Fact]
    public void Abandoned_EndsAtOnce()
    {
        var workers = _scene.Start("a", "b");

        _scene.Post(new Abandoned("the launcher is gone"));

        Assert.Equal(1, _scene.ExitCode);
        Assert.Equal(StopCause.Requested, workers[0].Stop?.Cause);
    }
}
