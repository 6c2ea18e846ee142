using System.Collections.Immutable;
using Distributed.Training.Collectives;

namespace Distributed.Worker.Collectives;

/// <summary>
/// The ordered sum. Each rank owns a slice: it receives everyone's partial sums of it tile by tile, adds a tile in the tree's order as soon as it is
/// there from all, and sends the result to all, while the next tiles arrive. Two tiles of a peer may wait, then its receiver holds the peer back.
/// </summary>
internal sealed class SumOperation : PeerOperation
{
    private readonly int _rank;
    private readonly SumLayout _layout;
    private readonly TileBuffers _buffers;
    private readonly ImmutableArray<Memory<float>> _partials;
    private readonly Memory<float> _sum;
    private readonly int[] _nextSum; // by peer, floats received of its slice; each touched by its receiver only

    // All receivers, under the lock.
    private readonly object _gate = new();
    private readonly long[] _partialsReceived; // by peer
    private long _tilesAdded;
    private bool _aborted;

    public SumOperation(
        GenerationKey key, long sequence, PeerConnections connections, int rank, SumLayout layout, TileBuffers buffers,
        ImmutableArray<Memory<float>> partials, Memory<float> sum)
        : base(key, sequence, connections)
    {
        _rank = rank;
        _layout = layout;
        _buffers = buffers;
        _partials = partials;
        _sum = sum;
        _nextSum = new int[layout.WorldSize];
        _partialsReceived = new long[layout.WorldSize];
        for (int peer = 0; peer < layout.WorldSize; peer++)
        {
            if (peer == rank)
                continue;
            long theirTiles = Tiles(peer), ownTiles = Tiles(rank);
            Expect(theirTiles * partials.Length + ownTiles);                // sent to the peer
            Expect(ownTiles * layout.NodeCounts[peer] + theirTiles);        // received from it
        }
    }

    public override void Start()
    {
        for (int peer = 0; peer < _layout.WorldSize; peer++)
        {
            if (peer != _rank)
                SendPartials(peer);
        }
        Complete();
    }

    public override TileMemory Accept(int peer, in PeerFrame frame)
    {
        if (frame.Kind == PeerFrameKind.Sum)
        {
            int at = _nextSum[peer], length = TileLength(peer, at);
            Require(frame, TileFrame(PeerFrameKind.Sum, 0, SliceStart(peer) + at, length));
            return new TileMemory(_sum.Slice(SliceStart(peer) + at, length));
        }
        return AcceptPartial(peer, frame);
    }

    public override void Received(int peer, in PeerFrame frame)
    {
        if (frame.Kind == PeerFrameKind.Sum)
        {
            _nextSum[peer] += frame.PayloadBytes / sizeof(float);
            return;
        }
        lock (_gate)
        {
            _partialsReceived[peer]++;
            while (IsThereLocked(_tilesAdded))
            {
                AddTileLocked(_tilesAdded);
                _tilesAdded++;
                Monitor.PulseAll(_gate);
            }
        }
    }

    public override void Abort()
    {
        lock (_gate)
        {
            _aborted = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void SendPartials(int peer)
    {
        int start = SliceStart(peer), length = SliceLength(peer);
        for (int at = 0; at < length; at += Tiling.TileFloats)
        {
            int tile = TileLength(peer, at);
            for (int node = 0; node < _partials.Length; node++)
            {
                var frame = TileFrame(PeerFrameKind.Partial, node, start + at, tile);
                Connections.Send(peer, new Outgoing(this, frame, new TileMemory(_partials[node].Slice(start + at, tile))));
            }
        }
    }

    private TileMemory AcceptPartial(int peer, in PeerFrame frame)
    {
        int nodes = _layout.NodeCounts[peer];
        lock (_gate)
        {
            var (tile, node) = Math.DivRem(_partialsReceived[peer], nodes);
            int at = (int)Math.Min(tile * Tiling.TileFloats, SliceLength(_rank)), length = TileLength(_rank, at);
            Require(frame, TileFrame(PeerFrameKind.Partial, (int)node, SliceStart(_rank) + at, length));
            while (tile >= _tilesAdded + TileBuffers.Depth && !_aborted)
                Monitor.Wait(_gate);
            return _aborted
                ? throw new EndOfStreamException("the generation is over")
                : new TileMemory(_buffers.At(peer, (int)node, tile, length));
        }
    }

    private bool IsThereLocked(long tile)
    {
        if (tile >= Tiles(_rank))
            return false;
        for (int peer = 0; peer < _layout.WorldSize; peer++)
        {
            if (peer != _rank && _partialsReceived[peer] < (tile + 1) * _layout.NodeCounts[peer])
                return false;
        }
        return true;
    }

    private void AddTileLocked(long tile)
    {
        int at = (int)(tile * Tiling.TileFloats), length = TileLength(_rank, at), position = SliceStart(_rank) + at;
        var parts = ImmutableArray.CreateBuilder<Memory<float>>(_layout.Nodes.Length);
        for (int rank = 0; rank < _layout.WorldSize; rank++)
        {
            for (int node = 0; node < _layout.NodeCounts[rank]; node++)
                parts.Add(rank == _rank ? _partials[node].Slice(position, length) : _buffers.At(rank, node, tile, length));
        }
        var result = _sum.Slice(position, length);
        ShardTree.Sum(_layout.Nodes, parts.MoveToImmutable(), _layout.ShardCount, result.Span);
        Connections.SendToAll(new Outgoing(this, TileFrame(PeerFrameKind.Sum, 0, position, length), new TileMemory(result)));
    }

    private PeerFrame TileFrame(PeerFrameKind kind, int node, int position, int length) =>
        Frame(kind, node, (long)position * sizeof(float), length * sizeof(float));

    private int SliceStart(int rank) => Tiling.SliceStart(rank, _layout.WorldSize, _sum.Length);

    private int SliceLength(int rank) => SliceStart(rank + 1) - SliceStart(rank);

    private int TileLength(int rank, int at) => Tiling.LengthAt(at, SliceLength(rank), Tiling.TileFloats);

    private long Tiles(int rank) => Tiling.Count(SliceLength(rank), Tiling.TileFloats);
}
