using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Distributed.Data.Planning;
using Distributed.Worker.Collectives;

namespace Distributed.Worker.Tests.Collectives;

/// <summary>All ranks of one generation in this process, joined by TCP connections over loopback.</summary>
internal sealed class SocketWorld : IAsyncDisposable
{
    public static readonly GenerationKey Key = new(3, 7);

    private SocketWorld(ImmutableArray<SocketCollectives> ranks) => Ranks = ranks;

    public ImmutableArray<SocketCollectives> Ranks { get; }

    public static SocketWorld Create(params ImmutableArray<ShardRun> runs)
    {
        var sockets = Mesh(runs.Length);
        return new SocketWorld([.. sockets.Select((own, rank) => new SocketCollectives(Key, rank, runs, own))]);
    }

    /// <summary>Connected sockets: [rank][peer].</summary>
    public static ImmutableArray<ImmutableArray<Socket?>> Mesh(int worldSize)
    {
        var sockets = new Socket?[worldSize, worldSize];
        for (int low = 0; low < worldSize; low++)
        {
            for (int high = low + 1; high < worldSize; high++)
                (sockets[low, high], sockets[high, low]) = Pair();
        }
        return [.. Enumerable.Range(0, worldSize).Select(r => Enumerable.Range(0, worldSize).Select(p => sockets[r, p]).ToImmutableArray())];
    }

    public static (Socket, Socket) Pair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        caller.Connect(listener.LocalEndPoint!);
        var called = listener.Accept();
        PeerEndpoint.Tune(caller);
        PeerEndpoint.Tune(called);
        return (caller, called);
    }

    /// <summary>Runs the same operation on all ranks at once.</summary>
    public Task OnAllAsync(Func<SocketCollectives, Task> operation) => Task.WhenAll(Ranks.Select(operation));

    public async ValueTask DisposeAsync()
    {
        foreach (var rank in Ranks)
            await rank.DisposeAsync();
    }
}
