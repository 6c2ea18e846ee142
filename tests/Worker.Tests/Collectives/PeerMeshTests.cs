using System.Collections.Immutable;
using System.Net.Sockets;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Worker.Collectives;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Worker.Tests.Collectives;

public sealed class PeerMeshTests : IAsyncLifetime
{
    private readonly ImmutableArray<PeerListener> _listeners =
    [
        PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance),
        PeerListener.Listen(PeerTransport.Tcp, TimeProvider.System, NullLogger<PeerListener>.Instance),
        PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance),
    ];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
    }

    [Fact]
    public async Task Form_AllRanks_ConnectsEveryPair()
    {
        var ranks = await Task.WhenAll(FormAsync(0), FormAsync(1), FormAsync(2)).WaitAsync(Wait.Long, Wait.Token);

        await Task.WhenAll(ranks.Select(r => r.BarrierAsync(Wait.Token).AsTask())).WaitAsync(Wait.Long, Wait.Token);
        foreach (var rank in ranks)
            await rank.DisposeAsync();
    }

    [Fact]
    public async Task Form_CallsComeBeforeTheyAreWanted_AreKept()
    {
        var second = FormAsync(2);
        var first = FormAsync(1);
        Assert.False(second.IsCompleted);

        var ranks = await Task.WhenAll(FormAsync(0), first, second).WaitAsync(Wait.Long, Wait.Token);

        foreach (var rank in ranks)
            await rank.DisposeAsync();
    }

    [Fact]
    public async Task Form_CallOfAnOlderGeneration_IsClosed()
    {
        _listeners[0].Forget(new GenerationKey(1, 6));

        var stale = FormAsync(1, new GenerationKey(1, 5), worldSize: 2);

        var aborted = await Assert.ThrowsAsync<CollectiveAbortedException>(() => stale.WaitAsync(Wait.Long, Wait.Token));
        Assert.Equal(0, aborted.PeerRank);
    }

    [Fact]
    public async Task Form_CallOfAnotherRun_IsRefusedAndTheRightOneStillTaken()
    {
        var stranger = FormAsync(1, worldSize: 2, runId: "another");
        var called = FormAsync(0, worldSize: 2);
        Assert.Equal(0, (await Assert.ThrowsAsync<CollectiveAbortedException>(() => stranger.WaitAsync(Wait.Long, Wait.Token))).PeerRank);

        await using var right = await FormAsync(1, worldSize: 2).WaitAsync(Wait.Long, Wait.Token);
        await using var left = await called.WaitAsync(Wait.Long, Wait.Token);

        Assert.Equal((0, 1), (left.Rank, right.Rank));
    }

    [Fact]
    public async Task Form_PeerIsGone_AbortsAndNamesIt()
    {
        await _listeners[0].DisposeAsync();

        var aborted = await Assert.ThrowsAsync<CollectiveAbortedException>(() => FormAsync(1, worldSize: 2).WaitAsync(Wait.Long, Wait.Token));

        Assert.Equal((7, 0), (aborted.Generation, aborted.PeerRank));
    }

    [Fact]
    public async Task Form_PeerNeverCalls_GivesUpInTimeAndNamesIt()
    {
        var time = new FakeTimeProvider();
        var waiting = FormAsync(0, worldSize: 2, time: time);

        time.Advance(TimeSpan.FromSeconds(30));

        var aborted = await Assert.ThrowsAsync<CollectiveAbortedException>(() => waiting.WaitAsync(Wait.Long, Wait.Token));
        Assert.Equal(1, aborted.PeerRank);
    }

    [Fact]
    public async Task ListenUnix_Folder_IsPrivateAndRemovedAtTheEnd()
    {
        var listener = PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance);
        string folder = Path.GetDirectoryName(((UnixPeerEndpoint)listener.Endpoint).Path)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));

        await listener.DisposeAsync();

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Dispose_FolderThatAnotherWorkerHasRemoved_IsNoError()
    {
        var listener = PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance);
        Directory.Delete(Path.GetDirectoryName(((UnixPeerEndpoint)listener.Endpoint).Path)!, recursive: true);

        Assert.Null(await Record.ExceptionAsync(async () => await listener.DisposeAsync()));
    }

    [Fact]
    public async Task ListenUnix_FolderOfAKilledWorker_IsRemovedAndOfALivingOneKept()
    {
        var killed = PeerSocketFolder.Create();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            string unready = PeerSocketFolder.Unready(PeerSocketFolder.SocketPath(killed));
            socket.Bind(new UnixDomainSocketEndPoint(unready));
            File.Move(unready, PeerSocketFolder.SocketPath(killed)); // what a kill leaves: .NET removes the name it bound
        }

        await using var next = PeerListener.Listen(PeerTransport.Unix, TimeProvider.System, NullLogger<PeerListener>.Instance);

        Assert.False(Directory.Exists(killed.FullName));
        Assert.True(File.Exists(((UnixPeerEndpoint)_listeners[0].Endpoint).Path));
    }

    [Theory]
    [InlineData("unix:/tmp/s")]
    [InlineData("tcp:127.0.0.1:80")]
    [InlineData("tcp:worker-0.workers:4000")]
    [InlineData("tcp:[::1]:4000")]
    public void Parse_Endpoint_WritesItselfTheSame(string text) => Assert.Equal(text, PeerEndpoint.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("unix:s")]
    [InlineData("tcp:4000")]
    [InlineData("tcp:host:70000")]
    [InlineData("http://host:1")]
    public void Parse_AnythingElse_IsRefused(string text) => Assert.Throws<FormatException>(() => PeerEndpoint.Parse(text));

    private Task<SocketCollectives> FormAsync(
        int rank, GenerationKey? key = null, int worldSize = 3, string runId = "run", TimeProvider? time = null)
    {
        var plan = new MeshPlan(
            runId,
            key ?? new GenerationKey(1, 7),
            rank,
            [.. _listeners.Take(worldSize).Select(l => l.Endpoint)],
            [.. Enumerable.Range(0, worldSize).Select(r => new ShardRun(r, 1))]);
        return PeerMesh.FormAsync(_listeners[rank], plan, TimeSpan.FromSeconds(30), time ?? TimeProvider.System, Wait.Token);
    }
}
