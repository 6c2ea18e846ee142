namespace Distributed.Integration.Tests;

/// <summary>A run that was interrupted finds its checkpoints moved, damaged or gone.</summary>
[Trait("Speed", "slow")]
public sealed class CheckpointTests
{
    [Fact]
    public async Task Train_FolderMoved_ResumesFromItsCheckpointToTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await InterruptAsync(run);
        run.Move();

        await using var resumed = TrainingProcess.Start(run, "--workers", "2");

        Assert.True(await resumed.WaitForExitAsync() == 0, resumed.Said);
        Assert.DoesNotContain("going back", resumed.Said, StringComparison.Ordinal);
        Assert.Equal(await UndisturbedRuns.ModelHashAsync(SmallJob.Pairs), run.ModelHash);
    }

    [Fact]
    public async Task Train_NewestCheckpointDamaged_ResumesFromTheOneBeforeToTheUndisturbedModel()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await InterruptAsync(run);
        File.AppendAllText(Path.Combine(run.Checkpoints[^1], "model.safetensors"), "damaged");

        await using var resumed = TrainingProcess.Start(run, "--workers", "2");

        Assert.True(await resumed.WaitForExitAsync() == 0, resumed.Said);
        Assert.Contains("is damaged and passed over", resumed.Said, StringComparison.Ordinal);
        Assert.Equal(await UndisturbedRuns.ModelHashAsync(SmallJob.Pairs), run.ModelHash);
    }

    [Fact]
    public async Task Train_CheckpointsOrJournalGone_FailsWithWhatToDo()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        await InterruptAsync(run);
        var (checkpoints, aside) = (Path.Combine(run.Output, "checkpoints"), Path.Combine(run.Output, "logs", "checkpoints"));
        Directory.Move(checkpoints, aside);

        await AssertFailsWithAdviceAsync(run, exitCode: 1);

        Directory.Move(aside, checkpoints);
        File.Delete(Path.Combine(run.Output, "journal.db"));
        await AssertFailsWithAdviceAsync(run, exitCode: 2);
    }

    private static async Task AssertFailsWithAdviceAsync(RunUnderTest run, int exitCode)
    {
        await using var training = TrainingProcess.Start(run, "--workers", "1");

        Assert.Equal(exitCode, await training.WaitForExitAsync());
        Assert.Contains("--fresh", training.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", training.Said, StringComparison.Ordinal);
    }

    /// <summary>Ends with two checkpoints at least, of fewer steps than the run has.</summary>
    private static async Task InterruptAsync(RunUnderTest run)
    {
        await using var training = TrainingProcess.Start(run, "--workers", "2");
        await training.WaitForCheckpointAsync(8);
        training.SignalLauncher(TrainingProcess.Interrupt);

        Assert.True(await training.WaitForExitAsync() == 0, training.Said);
        Assert.False(File.Exists(run.Model));
        Assert.InRange(run.Checkpoints.Count, 2, int.MaxValue);
    }
}
