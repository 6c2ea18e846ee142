using System.Collections.Immutable;
using Distributed.Cli.Events;
using Distributed.Cli.Status;

namespace Distributed.Cli.Tests.Status;

public sealed class RunTallyTests
{
    private const string Evaluation =
        """{"@t":"2026-01-01T00:00:00Z","@mt":"Evaluation after {Step} steps: {Metrics}","Step":447,"Metrics":"mrr@10 0.5210, ndcg@10 0.5590"}""";

    private readonly RunTally _tally = new();

    [Fact]
    public void Observe_EvaluationInTheLog_IsCounted()
    {
        _tally.Observe(RunEvent.Parse(Evaluation)!);

        var scores = Assert.Single(_tally.Evaluations);
        Assert.Equal((447, 0.5590, 0.5210), (scores.Step, scores.Metrics["ndcg@10"], scores.Metrics["mrr@10"]));
    }

    [Fact]
    public void Observe_SameEvaluationOnThePage_KeepsAllDecimals()
    {
        _tally.Observe(RunEvent.Parse(Evaluation)!);
        var precise = new EvaluationScores(447, ImmutableSortedDictionary<string, double>.Empty.Add("ndcg@10", 0.55904));

        _tally.Observe(new RunStatus { Evaluations = [precise] });
        _tally.Observe(RunEvent.Parse(Evaluation)!);

        Assert.Equal(0.55904, Assert.Single(_tally.Evaluations).Metrics["ndcg@10"]);
    }

    [Fact]
    public void Observe_StepInTheLog_IsTheNewest()
    {
        _tally.Observe(new RunStatus { Step = 90, TotalSteps = 447 });

        _tally.Observe(RunEvent.Parse("""{"@t":"2026-01-01T00:00:00Z","@mt":"Checkpoint after {Step} steps","Step":100}""")!);

        Assert.Equal((100, 447), (_tally.Step, _tally.TotalSteps));
    }

    [Theory]
    [InlineData("""{"@t":"2026-01-01T00:00:00Z","@mt":"x","Step":"7","Metrics":"a 1"}""")]
    [InlineData("""{"@t":"2026-01-01T00:00:00Z","@mt":"x","Step":7,"Metrics":"many"}""")]
    [InlineData("""{"@t":"2026-01-01T00:00:00Z","@mt":"x"}""")]
    public void Observe_OtherEvents_AreNoEvaluation(string line)
    {
        _tally.Observe(RunEvent.Parse(line)!);

        Assert.Empty(_tally.Evaluations);
    }
}
