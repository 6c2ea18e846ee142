using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Tests.Planning;

/// <summary>The jobs that the repository ships, over the data that it ships.</summary>
public sealed class WordnetPlanTests
{
    [Fact]
    public void Plan_MainJob_DrawsEachRowOnceAnEpochInFullBatches()
    {
        var (job, set) = Load("jobs/wordnet.yaml");
        var planner = new BatchPlanner(set, job);

        var epochs = Enumerable.Range(0, (int)planner.TotalSteps).Select(step => planner.Plan(step)).GroupBy(plan => plan.Epoch).ToList();

        Assert.Equal(job.Optimizer.Epochs, epochs.Count);
        foreach (var epoch in epochs)
        {
            Assert.Equal(Enumerable.Range(0, 38184), epoch.SelectMany(plan => plan.Rows).Order());
            Assert.All(epoch.SkipLast(1), plan => Assert.Equal(job.Batch.Rows, plan.Rows.Length));
        }
    }

    [Fact]
    public void Plan_BatchHardJob_DrawsAlmostAllRows()
    {
        var (job, set) = Load("jobs/wordnet-classes.yaml");
        var planner = new BatchPlanner(set, job);

        var rows = Enumerable.Range(0, (int)planner.TotalSteps).SelectMany(step => planner.Plan(step).Rows).ToList();

        Assert.Equal(rows.Count, rows.Distinct().Count());
        Assert.InRange(rows.Count, 0.97 * set.Rows.Length, set.Rows.Length);
    }

    [Fact]
    public void Read_MainJobsEvaluation_HasEveryQueryAndEntry()
    {
        var set = RetrievalSetReader.Read(JobFile.Load(RepositoryFiles.Path("jobs/wordnet.yaml")).Evaluation!);

        Assert.Equal((2475, 10277), (set.Queries.Length, set.Corpus.Length));
        Assert.All(set.Relevant, relevant => Assert.Single(relevant));
    }

    private static (Job Job, TrainingSet Set) Load(string path)
    {
        var job = JobFile.Load(RepositoryFiles.Path(path));
        return (job, TrainingSetReader.Read(job.Datasets));
    }
}
