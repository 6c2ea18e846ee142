using Distributed.Protocol;

namespace Distributed.Coordinator.Tests.Endpoints;

public sealed class CoordinatorServiceTests : IDisposable
{
    private readonly JobFolder _job = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _job.Dispose();

    [Fact]
    public async System.Threading.Tasks.Task Join_TwoWorkers_DecideEveryStepAndFinish()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        var (a, b) = (coordinator.Worker("a"), coordinator.Worker("b"));

        var stops = await System.Threading.Tasks.Task.WhenAll(a.RunAsync(Cancelled), b.RunAsync(Cancelled));

        Assert.All(stops, stop => Assert.Equal(StopReason.Finished, stop?.Reason));
        Assert.Equal(0, await coordinator.Ended);
        Assert.Equal([0L, 1, 2], a.Decisions.Select(d => d.Step));
        Assert.Equal(a.Decisions, b.Decisions);
        Assert.True(coordinator.Facts.IsFinished);
    }
}
