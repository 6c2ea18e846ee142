using System.Diagnostics;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Tests.Planning;

public sealed class WordnetPlanTests(ITestOutputHelper output)
{
    [Fact]
    public void Plan_MainJob_DrawsEachRowOnceAnEpoch()
    {
        var job = JobFile.Load(RepositoryFiles.Path("jobs/wordnet.yaml"));
        var set = TrainingSetReader.Read(job.Data);
        var clock = Stopwatch.StartNew();
        var planner = new BatchPlanner(set, job);
        output.WriteLine($"{planner.TotalSteps} steps, {clock.ElapsedMilliseconds} ms for {job.Optimizer.Epochs} epochs");

        var plans = Enumerable.Range(0, (int)planner.TotalSteps).Select(step => planner.Plan(step)).ToList();
        foreach (var epoch in plans.GroupBy(plan => plan.Epoch))
        {
            Assert.Equal(Enumerable.Range(0, 38184), epoch.SelectMany(plan => plan.Rows).Order());
            output.WriteLine(string.Join(" ", epoch.Select(plan => plan.Rows.Length).TakeLast(12)));
        }
    }

    [Fact]
    public void Plan_BatchHardJob_DrawsNoRowTwiceAnEpoch()
    {
        var job = JobFile.Load(RepositoryFiles.Path("jobs/wordnet-batch-hard.yaml"));
        var set = TrainingSetReader.Read(job.Data);
        var planner = new BatchPlanner(set, job);
        var plans = Enumerable.Range(0, (int)planner.TotalSteps).Select(step => planner.Plan(step)).ToList();
        Assert.All(plans.GroupBy(plan => plan.Epoch), epoch => Assert.Equal(epoch.Sum(plan => plan.Rows.Length), epoch.SelectMany(plan => plan.Rows).Distinct().Count()));
        output.WriteLine($"{planner.TotalSteps} steps, {plans.Sum(plan => plan.Rows.Length)} of {set.Rows.Length} rows; {string.Join(" ", plans.Select(plan => plan.Rows.Length))}");
    }

    [Fact]
    public void Read_MainJobsEvaluation_HasEveryQuery()
    {
        var job = JobFile.Load(RepositoryFiles.Path("jobs/wordnet.yaml"));
        var set = RetrievalSetReader.Read(job.Evaluation!);
        Assert.Equal(2475, set.Queries.Length);
        Assert.Equal(10277, set.Corpus.Length);
        Assert.All(set.Relevant, relevant => Assert.NotEmpty(relevant));
    }
}
