using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Steps;
using Distributed.Worker.Runs;

namespace Distributed.Worker.Tests.Runs;

public sealed class MessagesTests
{
    private static readonly StepPlan Plan = new() { Step = 3, Epoch = 0, Rows = [0, 1], Shards = [], Hash = 5 };

    private static readonly StepResult Result = new()
    {
        Step = 3, Loss = 0.5, GradientNorm = 1, IsFinite = true, GradientDigest = 7, Timings = new StepTimings(),
    };

    [Fact]
    public void Vote_MeasuredStep_CarriesTheFigures()
    {
        var figures = ImmutableSortedDictionary<string, double>.Empty.Add("mean_cosine", 0.25).Add("norm_mean", 3);

        var vote = Messages.Vote(1, Plan, Result with { Watch = figures }).Vote;

        Assert.Equal(figures, vote.Watch.ToImmutableSortedDictionary());
        Assert.Empty(Messages.Vote(1, Plan, Result).Vote.Watch);
    }
}
