using System.Collections.Immutable;
using System.Net.Sockets;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;

namespace Distributed.Worker.Collectives;

/// <summary>
/// <see cref="ICollectives"/> over a full mesh of stream sockets, Unix or TCP, for the life of one generation. A peer that dies, or that sends
/// anything but the next frame of this generation, ends the generation: the operation in flight throws once no thread touches its buffers any more,
/// and the other peers are told whom this rank suspects.
/// </summary>
internal sealed class SocketCollectives : ICollectives
{
    private readonly GenerationKey _key;
    private readonly OperationSlot _slot = new();
    private readonly PeerConnections _connections;
    private readonly SumLayout _layout;
    private readonly Lazy<TileBuffers> _buffers;
    private bool _disposed;

    /// <param name="key">Generation of every frame.</param>
    /// <param name="rank">This process's place.</param>
    /// <param name="runs">Logical shards of each rank.</param>
    /// <param name="sockets">Connected sockets by rank, hands shaken; null in this rank's own place. Owned from here on.</param>
    public SocketCollectives(GenerationKey key, int rank, ImmutableArray<ShardRun> runs, ImmutableArray<Socket?> sockets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sockets.Length, runs.Length);
        _key = key;
        Rank = rank;
        Runs = runs;
        _layout = new SumLayout(runs);
        _buffers = new Lazy<TileBuffers>(() => new TileBuffers(rank, _layout.NodeCounts));
        _connections = new PeerConnections(
            [.. sockets.Select((socket, peer) => socket is null ? null : new PeerConnection(peer, socket, key, _slot, Fail))]);
        _connections.Start();
    }

    public int Rank { get; }

    public int WorldSize => Runs.Length;

    public ImmutableArray<ShardRun> Runs { get; }

    public ValueTask AllGatherAsync(Memory<byte> buffer, ReadOnlyMemory<long> offsets, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offsets.Length, WorldSize + 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offsets.Span[^1], buffer.Length);
        return RunAsync(new GatherOperation(_key, _slot.NextSequence, _connections, Rank, buffer, offsets), cancellationToken);
    }

    public ValueTask SumShardsAsync(ImmutableArray<Memory<float>> partials, Memory<float> sum, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(partials.Length, _layout.NodeCounts[Rank]);
        foreach (var partial in partials)
            ArgumentOutOfRangeException.ThrowIfNotEqual(partial.Length, sum.Length);
        if (WorldSize > 1)
            return RunAsync(new SumOperation(_key, _slot.NextSequence, _connections, Rank, _layout, _buffers.Value, partials, sum), cancellationToken);

        ShardTree.Sum(_layout.Nodes, partials, _layout.ShardCount, sum.Span);
        return BarrierAsync(cancellationToken);
    }

    public ValueTask BroadcastAsync(Memory<byte> buffer, int source, CancellationToken cancellationToken) =>
        BroadcastAsync(new TileMemory(buffer), source, cancellationToken);

    public ValueTask BroadcastAsync(Memory<float> buffer, int source, CancellationToken cancellationToken) =>
        BroadcastAsync(new TileMemory(buffer), source, cancellationToken);

    public ValueTask BarrierAsync(CancellationToken cancellationToken) =>
        RunAsync(new BarrierOperation(_key, _slot.NextSequence, _connections, WorldSize), cancellationToken);

    /// <summary>Closes every connection; an operation in flight throws.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_slot.TryFail(new PeerFailure(null, "the collectives were closed")))
            _connections.Close(suspect: null);
        await _connections.Ended;
        if (_buffers.IsValueCreated)
            _buffers.Value.Dispose();
    }

    private ValueTask BroadcastAsync(TileMemory buffer, int source, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, WorldSize);
        return RunAsync(new BroadcastOperation(_key, _slot.NextSequence, _connections, Rank, WorldSize, source, buffer), cancellationToken);
    }

    private async ValueTask RunAsync(PeerOperation operation, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static state => ((SocketCollectives)state!).Cancel(), this);
        if (!_slot.TryBegin(operation))
            throw await FailureAsync(cancellationToken);

        operation.Start();
        await Task.WhenAny(operation.Done, _connections.Ended);
        if (!operation.Done.IsCompleted)
            throw await FailureAsync(cancellationToken);
        _slot.End();
    }

    private async Task<Exception> FailureAsync(CancellationToken cancellationToken)
    {
        await _connections.Ended;
        var failure = _slot.Failure ?? new PeerFailure(null, "the connections ended");
        return cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(failure.Reason, cancellationToken)
            : new CollectiveAbortedException(_key.Generation, failure.Suspect, failure.Reason, failure.Inner);
    }

    private void Cancel() => Fail(new PeerFailure(Rank, "cancelled"));

    private void Fail(PeerFailure failure)
    {
        if (_slot.TryFail(failure))
            _connections.Close(failure.Suspect);
    }
}
