namespace Distributed.Integration.Tests;

[Trait("Speed", "slow")]
public sealed class WorkerCountTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Train_Pairs_AnyNumberOfWorkers_ByteEqualModel(int workers) => await AssertSameModel(SmallJob.Pairs, workers);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Train_BatchHard_AnyNumberOfWorkers_ByteEqualModel(int workers) => await AssertSameModel(SmallJob.Labelled, workers);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Train_TwoDatasetsWithMemory_AnyNumberOfWorkers_ByteEqualModel(int workers) => await AssertSameModel(SmallJob.Datasets, workers);

    private static async Task AssertSameModel(string job, int workers)
    {
        var undisturbed = await UndisturbedRuns.ModelHashAsync(job);
        using var run = new RunUnderTest(job);
        await using var training = TrainingProcess.Start(run, "--workers", $"{workers}");

        Assert.True(await training.WaitForExitAsync() == 0, training.Said);

        Assert.Equal(undisturbed, run.ModelHash);
        Assert.Equal(job.Contains("evaluation:", StringComparison.Ordinal) ? 2 : 0, training.Said.Split("\"Scores after {Step} steps").Length - 1);
        Assert.DoesNotContain("\"@l\":\"Error\"", training.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("\"@l\":\"Warning\"", training.Said, StringComparison.Ordinal);
    }
}
