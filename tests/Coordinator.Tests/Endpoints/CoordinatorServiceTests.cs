using Distributed.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Distributed.Coordinator.Tests.Endpoints;

using Task = System.Threading.Tasks.Task;

/// <summary>A coordinator on real ports, workers that talk to it over gRPC.</summary>
public sealed class CoordinatorServiceTests : IDisposable
{
    private readonly JobFolder _job = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Join_TwoWorkers_DecideEveryStepAndFinish()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        var (a, b) = (coordinator.Worker("a"), coordinator.Worker("b"));

        var stops = await Task.WhenAll(a.RunAsync(Cancelled), b.RunAsync(Cancelled));

        Assert.All(stops, stop => Assert.Equal(StopReason.Finished, stop?.Reason));
        Assert.Equal(0, await coordinator.Ended);
        Assert.Equal([0L, 1, 2], a.Decisions.Select(d => d.Step));
        Assert.Equal(a.Decisions, b.Decisions);
        Assert.True(coordinator.Facts.IsFinished);
    }

    [Fact]
    public async Task Join_AWorkerDiesAndComesBack_TheRunFinishes()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        var survivor = coordinator.Worker("a");
        var surviving = survivor.RunAsync(Cancelled);

        Assert.Null(await coordinator.Worker("b", livesAt: step => step < 1).RunAsync(Cancelled));
        var replaced = await coordinator.Worker("b").RunAsync(Cancelled);

        Assert.Equal(StopReason.Finished, replaced?.Reason);
        Assert.Equal(StopReason.Finished, (await surviving)?.Reason);
        Assert.Equal([0L, 1, 2], survivor.Decisions.Select(d => d.Step));
        Assert.Equal([1L, 2], survivor.Generations);
    }

    [Fact]
    public async Task Join_CoordinatorStartsAgain_GoesOnWhereItWas()
    {
        await using (var first = await RunningCoordinator.StartAsync(_job.Arguments(workers: 1), Cancelled))
            Assert.Null(await first.Worker("a", livesAt: step => step < 2).RunAsync(Cancelled));

        await using var second = await RunningCoordinator.StartAsync(_job.Arguments(workers: 1), Cancelled);
        var worker = second.Worker("a", stepsDecided: 2);
        var stop = await worker.RunAsync(Cancelled);

        Assert.Equal(StopReason.Finished, stop?.Reason);
        Assert.Equal([2L], worker.Decisions.Select(d => d.Step));
        Assert.Equal(2, second.Facts.Incarnation);
    }

    [Fact]
    public async Task Join_FirstMessageIsNotHello_ClosesTheStreamWithTheReason()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);

        var status = await EndOfAsync(coordinator, new WorkerMessage { Heartbeat = new() });

        Assert.Equal(StatusCode.Aborted, status.StatusCode);
        Assert.Contains("Hello", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_HelloWithoutAnId_ClosesTheStreamWithTheReason()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);

        var status = await EndOfAsync(coordinator, new WorkerMessage { Hello = new() { ProtocolVersion = 2 } });

        Assert.Contains("worker_id", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_MessageAbove64KiB_ClosesTheStream()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);

        var status = await EndOfAsync(coordinator, new WorkerMessage { Hello = new() { WorkerId = new string('x', 70_000) } });

        Assert.NotEqual(StatusCode.OK, status.StatusCode);
    }

    [Fact]
    public async Task Join_AnotherJob_IsToldToStopForGood()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);

        var stop = await new ScriptedWorker("a", coordinator.Host.Addresses.Grpc, "other", "rows").RunAsync(Cancelled);

        Assert.Equal(StopReason.Refused, stop?.Reason);
        Assert.Contains("job", stop!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopRequested_WhileWorkersWait_EndsCleanly()
    {
        await using var coordinator = await RunningCoordinator.StartAsync(_job.Arguments(), Cancelled);
        var running = coordinator.Worker("a").RunAsync(Cancelled);
        await coordinator.UntilAsync(status => status.Workers is [{ Phase: "StandingBy" }], Cancelled);

        await coordinator.Host.Loop.PostAsync(new Distributed.Coordinator.Runs.StopRequested("test"), Cancelled);

        Assert.Equal(StopReason.Requested, (await running)?.Reason);
        Assert.Equal(0, await coordinator.Ended);
    }

    private static async Task<Status> EndOfAsync(RunningCoordinator coordinator, WorkerMessage first)
    {
        using var channel = GrpcChannel.ForAddress(coordinator.Host.Addresses.Grpc);
        using var call = new Protocol.Coordinator.CoordinatorClient(channel).Join(cancellationToken: Cancelled);
        await call.RequestStream.WriteAsync(first, Cancelled);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancelled));
        return failure.Status;
    }
}
