namespace Distributed.Integration.Tests;

/// <summary>Real kills of real processes: whatever dies, the run ends with the bytes of the undisturbed one.</summary>
[Trait("Speed", "slow")]
public sealed class FaultTests
{
    [Fact]
    public async Task Train_WorkerKilled_EndsWithTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await using var training = TrainingProcess.Start(run, "--workers", "2");
        await training.WaitForCheckpointAsync(4);

        training.SignalWorker(1, TrainingProcess.Kill);

        await AssertEndsWithTheUndisturbedModel(training, run);
    }

    [Fact]
    public async Task Train_CoordinatorKilled_EndsWithTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await using var training = TrainingProcess.Start(run, "--workers", "2");
        await training.WaitForCheckpointAsync(4);

        training.SignalCoordinator(TrainingProcess.Kill);

        await AssertEndsWithTheUndisturbedModel(training, run);
    }

    [Fact]
    public async Task Train_AllWorkersKilled_GoesBackToTheCheckpointAndEndsWithTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await using var training = TrainingProcess.Start(run, "--workers", "2");
        await training.WaitForCheckpointAsync(8);

        training.SignalWorker(0, TrainingProcess.Kill);
        training.SignalWorker(1, TrainingProcess.Kill);

        await AssertEndsWithTheUndisturbedModel(training, run);
    }

    [Fact]
    public async Task Train_TwoDatasetsWithMemory_WorkerThenAllKilled_EndsWithTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Datasets);
        await using var training = TrainingProcess.Start(run, "--workers", "2");
        await training.WaitForCheckpointAsync(4);
        training.SignalWorker(1, TrainingProcess.Kill);
        await training.WaitForCheckpointAsync(12);

        training.SignalWorker(0, TrainingProcess.Kill);
        training.SignalWorker(1, TrainingProcess.Kill);

        Assert.True(await training.WaitForExitAsync() == 0, training.Said);
        Assert.Equal(await UndisturbedRuns.ModelHashAsync(SmallJob.Datasets), run.ModelHash);
    }

    [Fact]
    public async Task Train_WorkerStalled_GoesOnWithoutItAndEndsWithTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await using var training = TrainingProcess.Start(run, "--workers", "2");
        await training.WaitForCheckpointAsync(4);
        var stalled = training.Worker(1);

        training.Freeze(1);
        await training.WaitForAsync("Worker {WorkerId} lost");
        TrainingProcess.Thaw(stalled);

        await AssertEndsWithTheUndisturbedModel(training, run);
    }

    [Fact]
    public async Task Train_LauncherKilled_LeavesNoProcessAndResumesToTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await using (var killed = TrainingProcess.Start(run, "--workers", "2"))
        {
            await killed.WaitForCheckpointAsync(8);
            var children = killed.Children();
            Assert.Equal(3, children.Length);

            killed.SignalLauncher(TrainingProcess.Kill);
            await killed.WaitForExitAsync(); // its output closes only when the children, who inherited none of it, have no part in it

            foreach (var child in children)
                await ProcessEnd.OfAsync(child);
            Assert.Empty(killed.Children());
        }

        await using var resumed = TrainingProcess.Start(run, "--workers", "2");
        await AssertEndsWithTheUndisturbedModel(resumed, run);
    }

    [Fact]
    public async Task Train_Interrupted_EndsCleanlyWithACheckpointAndResumesToTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await using (var interrupted = TrainingProcess.Start(run, "--workers", "2"))
        {
            await interrupted.WaitForCheckpointAsync(4);

            interrupted.SignalLauncher(TrainingProcess.Interrupt);

            Assert.True(await interrupted.WaitForExitAsync() == 0, interrupted.Said);
            Assert.False(File.Exists(run.Model));
        }

        await using var resumed = TrainingProcess.Start(run, "--workers", "1");
        await AssertEndsWithTheUndisturbedModel(resumed, run);
    }

    private static async Task AssertEndsWithTheUndisturbedModel(TrainingProcess training, RunUnderTest run)
    {
        Assert.True(await training.WaitForExitAsync() == 0, training.Said);
        Assert.Equal(await UndisturbedRuns.ModelHashAsync(SmallJob.Pairs), run.ModelHash);
    }
}
