using Distributed.Jobs;
using Distributed.Training.Tests.Steps;

namespace Distributed.Training.Tests.Watch;

public sealed class TrainerWatchTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ComputeStep_DueStep_IsMeasuredByRankZero()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Labelled with { Watch = new WatchOptions { EverySteps = 2 } }, [4, 3]);

        var first = await ranks.StepAsync(Cancelled);
        var second = await ranks.StepAsync(Cancelled);
        var third = await ranks.StepAsync(Cancelled);

        Assert.Equal(first[0].Loss, first[0].Watch![WatchFigures.Loss]);
        Assert.Equal(32, first[0].Watch![WatchFigures.Texts]);
        Assert.Null(first[1].Watch);
        Assert.Null(second[0].Watch);
        Assert.NotNull(third[0].Watch);
    }

    [Fact]
    public async Task ComputeStep_WatchedOrNot_GivesTheSameGradient()
    {
        using var watched = new TrainerRanks(TrainerJobs.Pairs with { Watch = new WatchOptions { EverySteps = 1 } }, [7]);
        using var alone = new TrainerRanks(TrainerJobs.Pairs with { Watch = new WatchOptions { EverySteps = 0 } }, [7]);

        var (seen, unseen) = (await watched.ComputeAsync(Cancelled), await alone.ComputeAsync(Cancelled));

        Assert.NotNull(seen[0].Watch);
        Assert.Null(unseen[0].Watch);
        Assert.Equal(unseen[0].GradientDigest, seen[0].GradientDigest);
    }
}
