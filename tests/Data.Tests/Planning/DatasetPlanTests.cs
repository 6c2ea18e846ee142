using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Tests.Planning;

/// <summary>Plans of a job with two datasets: pairs, of 25 rows, and labelled texts, of 30.</summary>
public sealed class DatasetPlanTests
{
    private static readonly TrainingSet Set = Join(
        GeneratedData.Texts(Enumerable.Range(0, 25).Select(row => new[] { $"a{row}", $"b{row}" })),
        GeneratedData.Labels(Enumerable.Range(0, 30).Select(row => row % 5)));

    [Theory]
    [InlineData(DatasetMixing.Proportional)]
    [InlineData(DatasetMixing.RoundRobin)]
    public void Plan_TwoDatasets_IsOfOneDatasetAndSaysWhich(DatasetMixing mixing)
    {
        var planner = new BatchPlanner(Set, TwoDatasets(mixing));

        var plans = Enumerable.Range(0, (int)planner.TotalSteps).Select(step => planner.Plan(step)).ToList();

        Assert.All(plans, plan => Assert.All(plan.Rows, row => Assert.Equal(plan.Dataset, row < 25 ? 0 : 1)));
        Assert.Equal([0, 1], plans.Select(plan => plan.Dataset).Distinct().Order());
        Assert.Equal(plans.Count, plans.Select(plan => plan.Hash).Distinct().Count());
    }

    [Fact]
    public void Plan_Proportional_DrawsEveryRowOnceAnEpoch()
    {
        var job = TwoDatasets(DatasetMixing.Proportional);
        var planner = new BatchPlanner(Set, job with { Datasets = [job.Datasets[0], job.Datasets[1] with { Sampler = new SamplerOptions() }] });

        var epochs = Enumerable.Range(0, (int)planner.TotalSteps).Select(step => planner.Plan(step)).GroupBy(plan => plan.Epoch).ToList();

        Assert.Equal(2, epochs.Count);
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 55), epoch.SelectMany(plan => plan.Rows).Order()));
    }

    [Theory]
    [InlineData(DatasetMixing.Proportional)]
    [InlineData(DatasetMixing.RoundRobin)]
    public void Plan_StepsInAnyOrder_IsTheSame(DatasetMixing mixing)
    {
        var (forward, backward) = (new BatchPlanner(Set, TwoDatasets(mixing)), new BatchPlanner(Set, TwoDatasets(mixing)));
        var steps = Enumerable.Range(0, (int)forward.TotalSteps).ToList();

        var hashes = steps.Select(step => forward.Plan(step).Hash).ToList();

        Assert.Equal(hashes, Enumerable.Reverse(steps).Select(step => backward.Plan(step).Hash).Reverse());
    }

    [Fact]
    public void Constructor_DatasetThatDoesNotFit_IsNamed()
    {
        var job = TwoDatasets(DatasetMixing.Proportional);
        job = job with { Datasets = [job.Datasets[0], job.Datasets[1] with { Sampler = job.Datasets[1].Sampler with { ClassesPerBatch = 6 } }] };

        Assert.Equal(
            "dataset classes: sampler.classes_per_batch is 6, but only 5 of 5 classes have at least two rows",
            Assert.Throws<JobConflictException>(() => new BatchPlanner(Set, job)).Message);
    }

    private static Job TwoDatasets(DatasetMixing mixing)
    {
        var job = GeneratedData.Job(new SamplerOptions(), new BatchOptions { Rows = 6, Shards = 3 }, epochs: 2);
        var labels = new SamplerOptions { Kind = SamplerKind.Labels, ClassesPerBatch = 3, RowsPerClass = 2 };
        return job with
        {
            Datasets = [job.Datasets[0] with { Name = "pairs" }, job.Datasets[0] with { Name = "classes", Sampler = labels }],
            Mixing = mixing,
        };
    }

    private static TrainingSet Join(TrainingSet first, TrainingSet second) => new(
        [.. first.Rows, .. second.Rows],
        [first.Datasets[0] with { Name = "pairs" }, second.Datasets[0] with { Name = "classes", FirstRow = first.Rows.Length }],
        "");
}
