using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Steps;

namespace Distributed.Training.Tests.Steps;

public sealed class DatasetTrainingTests
{
    [Fact]
    public async Task Step_TwoDatasets_AnyRanks_SameBits() =>
        await BitHistory.AssertSameForAnyRanksAsync(TrainerJobs.TwoDatasets, steps: 4, EmbeddingLoss.Create, [4, 3], [1, 6], [2, 2, 2, 1]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Step_OfADataset_IsThatOfAJobWithThisDatasetAlone(int dataset)
    {
        var job = TrainerJobs.TwoDatasets;
        var set = TrainingSetReader.Read(job.Datasets);
        var plan = new BatchPlanner(set, job).Plan(dataset) with { Step = 0 }; // round-robin: step i is of dataset i
        Assert.Equal(dataset, plan.Dataset);
        var first = set.Datasets[dataset].FirstRow;
        var alone = job with { Datasets = [job.Datasets[dataset]] };

        var ofTwo = await StepAsync(job, set, plan);
        var ofOne = await StepAsync(alone, TrainingSetReader.Read(alone.Datasets), plan with { Dataset = 0, Rows = [.. plan.Rows.Select(row => row - first)] });

        Assert.Equal((ofOne.Loss, ofOne.GradientDigest), (ofTwo.Loss, ofTwo.GradientDigest));
    }

    [Fact]
    public void Constructor_MatryoshkaWiderThanTheModel_IsAConflict()
    {
        var dataset = TrainerJobs.Pairs.Datasets[0];
        var job = TrainerJobs.Pairs with { Datasets = [dataset with { Loss = dataset.Loss with { Matryoshka = new() { Dims = [32, 48] } } }] };

        Assert.Equal(
            "loss.matryoshka.dims has 48, but the model's embeddings have 32 dimensions",
            Assert.Throws<JobConflictException>(() => new TrainerRanks(job, [7])).Message);
    }

    private static async Task<StepResult> StepAsync(Job job, TrainingSet set, StepPlan plan)
    {
        using var trainer = new Trainer(job, EmbeddingModel.Create(job.Model, job.Seed), set, new OnePlan(plan), TimeProvider.System);
        var alone = LoopbackCollectives.Create(1, ImmutableArray.Create(new ShardRun(0, plan.Shards.Length)))[0];
        return await trainer.ComputeStepAsync(plan, alone, TestContext.Current.CancellationToken);
    }

    private sealed class OnePlan(StepPlan plan) : IStepPlans
    {
        public long TotalSteps => 1;

        public StepPlan Plan(long step) => plan;
    }
}
