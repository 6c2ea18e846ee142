namespace Distributed.Worker.Collectives;

/// <summary>All-gather in place: each rank sends its slice to every peer and receives theirs where they belong.</summary>
internal sealed class GatherOperation : PeerOperation
{
    private readonly int _rank;
    private readonly Memory<byte> _buffer;
    private readonly ReadOnlyMemory<long> _offsets;
    private readonly long[] _next; // by peer, each touched by its receiver only

    public GatherOperation(GenerationKey key, long sequence, PeerConnections connections, int rank, Memory<byte> buffer, ReadOnlyMemory<long> offsets)
        : base(key, sequence, connections)
    {
        _rank = rank;
        _buffer = buffer;
        _offsets = offsets;
        _next = offsets.Span[..^1].ToArray();
        int peers = _next.Length - 1;
        for (int peer = 0; peer <= peers; peer++)
            Expect(peer == rank ? Frames(peer) * peers : Frames(peer));
    }

    public override void Start()
    {
        long end = _offsets.Span[_rank + 1];
        for (long at = _offsets.Span[_rank]; at < end; at += Tiling.TileBytes)
        {
            int length = Tiling.LengthAt(at, end, Tiling.TileBytes);
            var frame = Frame(PeerFrameKind.Gather, 0, at, length);
            Connections.SendToAll(new Outgoing(this, frame, new TileMemory(_buffer.Slice((int)at, length))));
        }
        Complete();
    }

    public override bool Awaits(int peer) => _next[peer] < _offsets.Span[peer + 1];

    public override TileMemory Accept(int peer, in PeerFrame frame)
    {
        long at = _next[peer];
        int length = Tiling.LengthAt(at, _offsets.Span[peer + 1], Tiling.TileBytes);
        Require(frame, Frame(PeerFrameKind.Gather, 0, at, length));
        return new TileMemory(_buffer.Slice((int)at, length));
    }

    public override void Received(int peer, in PeerFrame frame) => _next[peer] += frame.PayloadBytes;

    private long Frames(int rank) => Tiling.Count(_offsets.Span[rank + 1] - _offsets.Span[rank], Tiling.TileBytes);
}
