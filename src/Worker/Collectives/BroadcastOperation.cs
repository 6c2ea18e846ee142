using System.IO.Hashing;

namespace Distributed.Worker.Collectives;

/// <summary>One rank's buffer to every other, in pieces; a hash of the whole comes last and is compared before the operation counts as done.</summary>
internal sealed class BroadcastOperation : PeerOperation
{
    private const int HashBytes = 16;

    private readonly int _source;
    private readonly bool _isSource;
    private readonly Memory<byte> _buffer;
    private readonly byte[] _hash = new byte[HashBytes];
    private int _next;     // the receiver of the source only
    private bool _hashed;  // the receiver of the source only

    public BroadcastOperation(GenerationKey key, long sequence, PeerConnections connections, int rank, int worldSize, int source, Memory<byte> buffer)
        : base(key, sequence, connections)
    {
        _source = source;
        _isSource = rank == source;
        _buffer = buffer;
        long frames = Tiling.Count(buffer.Length, Tiling.TileBytes) + 1;
        Expect(_isSource ? frames * (worldSize - 1) : frames);
    }

    public override void Start()
    {
        if (_isSource)
        {
            for (int at = 0; at < _buffer.Length; at += Tiling.TileBytes)
                Connections.SendToAll(new Outgoing(this, Piece(at), new TileMemory(PieceMemory(at))));
            XxHash128.Hash(_buffer.Span, _hash);
            Connections.SendToAll(new Outgoing(this, HashFrame(), new TileMemory(_hash.AsMemory())));
        }
        Complete();
    }

    public override bool Awaits(int peer) => peer == _source && !_hashed;

    public override TileMemory Accept(int peer, in PeerFrame frame)
    {
        if (peer != _source || _isSource || _hashed)
            throw new PeerProtocolException($"unexpected {frame.Kind} in a broadcast of rank {_source}");
        if (_next == _buffer.Length)
        {
            Require(frame, HashFrame());
            return new TileMemory(_hash.AsMemory());
        }
        Require(frame, Piece(_next));
        return new TileMemory(PieceMemory(_next));
    }

    public override void Received(int peer, in PeerFrame frame)
    {
        if (frame.Kind == PeerFrameKind.Broadcast)
        {
            _next += frame.PayloadBytes;
            return;
        }
        _hashed = true;
        if (!XxHash128.Hash(_buffer.Span).AsSpan().SequenceEqual(_hash))
            throw new PeerProtocolException("broadcast whose whole does not have the sender's hash");
    }

    private PeerFrame Piece(int at) => Frame(PeerFrameKind.Broadcast, 0, at, PieceMemory(at).Length);

    private Memory<byte> PieceMemory(int at) => _buffer.Slice(at, Tiling.LengthAt(at, _buffer.Length, Tiling.TileBytes));

    private PeerFrame HashFrame() => Frame(PeerFrameKind.BroadcastHash, 0, _buffer.Length, HashBytes);
}
