using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;

namespace Distributed.Training.Tests.Steps;

/// <summary>An epoch's last batch has the rows that are left, which no number of shards need divide.</summary>
public sealed class RaggedEpochTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<LossOptions> Losses => TrainedLosses.All;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Step_LastBatchOfFourRowsInThreeShards_HasTheSameBitsForAnyRanks(LossOptions loss)
    {
        var job = JobOf(loss, rows: 18, shards: 3);
        Assert.Equal([18, 4, 18], RowsOfSteps(job, 3));

        await BitHistory.AssertSameForAnyRanksAsync(job, steps: 2, EmbeddingLoss.Create, [2, 1], [1, 1, 1]);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    [Trait("Speed", "slow")]
    public async Task Step_LastBatchOfTwoRowsInFiveShards_HasTheSameBitsForAnyRanks(LossOptions loss)
    {
        var job = JobOf(loss, rows: 20, shards: 5);
        Assert.Equal([20, 2, 20], RowsOfSteps(job, 3));

        await BitHistory.AssertSameForAnyRanksAsync(job, steps: 3, EmbeddingLoss.Create, [2, 3], [1, 1, 3]); // the last rank has no row
    }

    private Job JobOf(LossOptions loss, int rows, int shards) =>
        TrainedLosses.Job(loss, _folder.Path) with { Batch = new BatchOptions { Rows = rows, Shards = shards, TokensPerMicroBatch = 2 * EvenRows.TokensPerText } };

    private static IEnumerable<int> RowsOfSteps(Job job, int steps)
    {
        var plans = new BatchPlanner(TrainingSetReader.Read(job.Datasets), job);
        return Enumerable.Range(0, steps).Select(step => plans.Plan(step).Rows.Length);
    }
}
