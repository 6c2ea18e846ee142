using System.Collections.Immutable;
using Distributed.Coordinator.Watch;
using Distributed.Jobs;

namespace Distributed.Coordinator.Tests.Watch;

public sealed class EmbeddingHistoryTests
{
    [Fact]
    public void Add_ManyMeasurements_KeepsABoundedNumberThatSpansTheRun()
    {
        var history = new EmbeddingHistory(new WatchOptions());

        for (var step = 0; step < 10_001; step++)
            history.Add(Collapsed(step));

        var steps = history.Points.Select(point => point.Step).ToList();
        Assert.InRange(steps.Count, 100, 256);
        Assert.Equal((0L, 10_000L), (steps[0], steps[^1]));
        Assert.Equal(steps, steps.Order().Distinct());
    }

    [Fact]
    public void Add_StepThatWasSeen_ChangesNothing()
    {
        var history = new EmbeddingHistory(new WatchOptions { Patience = 2 });
        history.Add(Collapsed(0));

        Assert.Empty(history.Add(Collapsed(0)));

        Assert.Empty(history.Active);
        Assert.Single(history.Points);
        Assert.Single(history.Add(Collapsed(50)));
    }

    private static Measurement Collapsed(long step) => new(step, new Dictionary<string, double>
    {
        [WatchFigures.MeanCosine] = 1, [WatchFigures.RelativeRadius] = 0, [WatchFigures.Loss] = 1,
    }.ToImmutableSortedDictionary());
}
