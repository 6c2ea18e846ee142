using System.Net;
using System.Net.Sockets;
using Distributed.Protocol;
using Distributed.Worker.Membership;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Worker.Tests.Membership;

public sealed class CoordinatorClientTests
{
    private static readonly Hello Hello = new() { WorkerId = "worker-0", ProtocolVersion = 2 };

    [Fact]
    public async Task Connect_Welcomed_SessionKnowsTheRun()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var client = Client(coordinator.Address);

        var connecting = client.ConnectAsync(Hello, Wait.Token);
        var stream = await coordinator.NextStreamAsync();
        stream.Send(Welcome(incarnation: 4));
        await using var session = await connecting;

        Assert.Equal("worker-0", stream.Hello.WorkerId);
        Assert.Equal(("run", 4), (session.Welcome.RunId, session.Welcome.CoordinatorIncarnation));
    }

    [Fact]
    public async Task Connect_NobodyListens_GivesUpWithOneClearLine()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        using var client = Client(address, new ConnectionOptions { Coordinator = address, FirstConnectPatience = TimeSpan.FromMilliseconds(400) });

        var unreachable = await Assert.ThrowsAsync<CoordinatorUnreachableException>(() => client.ConnectAsync(Hello, Wait.Token).WaitAsync(Wait.Long, Wait.Token));

        Assert.Contains(address.ToString(), unreachable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', unreachable.Message);
    }

    [Fact]
    public async Task Connect_CoordinatorStartsLater_Succeeds()
    {
        int port = FreePort();
        using var client = Client(new Uri($"http://127.0.0.1:{port}"));
        var connecting = client.ConnectAsync(Hello, Wait.Token);

        await using var coordinator = await FakeCoordinator.StartAsync(port);
        (await coordinator.NextStreamAsync()).Send(Welcome());

        await using var session = await connecting.WaitAsync(Wait.Long, Wait.Token);
        Assert.Equal("run", session.Welcome.RunId);
    }

    [Fact]
    public async Task Connect_Cancelled_EndsAtOnce()
    {
        using var client = Client(new Uri($"http://127.0.0.1:{FreePort()}"));
        using var cancellation = new CancellationTokenSource();
        var connecting = client.ConnectAsync(Hello, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Wait.Long, Wait.Token));
    }

    [Fact]
    public async Task Connect_Refused_SessionHasTheStopAndNoGeneration()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var client = Client(coordinator.Address);
        var connecting = client.ConnectAsync(Hello, Wait.Token);
        (await coordinator.NextStreamAsync()).Send(new CoordinatorMessage { Stop = new Stop { Reason = StopReason.Refused, Detail = "another job" } });
        await using var session = await connecting;

        Assert.Null(await session.NextGenerationAsync(Wait.Token));
        Assert.Equal(StopReason.Refused, session.Stop?.Reason);
    }

    [Fact]
    public async Task Session_EachSecond_SendsAHeartbeat()
    {
        var time = new FakeTimeProvider();
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var client = Client(coordinator.Address, time: time);
        var connecting = client.ConnectAsync(Hello, Wait.Token);
        var stream = await coordinator.NextStreamAsync();
        stream.Send(Welcome());
        await using var session = await connecting;

        for (int beat = 0; beat < 3; beat++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await stream.HeartbeatAsync();
        }
    }

    [Fact]
    public async Task Session_GenerationOfAnotherIncarnation_IsDropped()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var client = Client(coordinator.Address);
        var connecting = client.ConnectAsync(Hello, Wait.Token);
        var stream = await coordinator.NextStreamAsync();
        stream.Send(Welcome(incarnation: 2));
        await using var session = await connecting;

        stream.Send(new CoordinatorMessage { GenerationStarted = new GenerationStarted { Generation = 9, CoordinatorIncarnation = 1 } });
        stream.Send(new CoordinatorMessage { GenerationStarted = new GenerationStarted { Generation = 10, CoordinatorIncarnation = 2 } });

        Assert.Equal(10, (await session.NextGenerationAsync(Wait.Token))?.Started.Generation);
    }

    [Fact]
    public async Task Session_StreamBreaks_ClosesTheGenerationAndEnds()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var client = Client(coordinator.Address);
        var connecting = client.ConnectAsync(Hello, Wait.Token);
        var stream = await coordinator.NextStreamAsync();
        stream.Send(Welcome());
        stream.Send(new CoordinatorMessage { GenerationStarted = new GenerationStarted { Generation = 1, CoordinatorIncarnation = 1 } });
        await using var session = await connecting;
        var mailbox = await session.NextGenerationAsync(Wait.Token);

        stream.Break();

        Assert.Null(await session.NextGenerationAsync(Wait.Token).WaitAsync(Wait.Long, Wait.Token));
        Assert.True(mailbox!.Closed.IsCancellationRequested);
        Assert.Null(session.Stop);
    }

    private static CoordinatorMessage Welcome(long incarnation = 1) =>
        new() { Welcome = new Welcome { RunId = "run", CoordinatorIncarnation = incarnation } };

    private static CoordinatorClient Client(Uri coordinator, ConnectionOptions? options = null, TimeProvider? time = null) =>
        new(options ?? new ConnectionOptions { Coordinator = coordinator, LongestPause = TimeSpan.FromMilliseconds(100) }, time ?? TimeProvider.System, NullLogger<CoordinatorClient>.Instance);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
