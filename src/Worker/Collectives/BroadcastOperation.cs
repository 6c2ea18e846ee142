using System.IO.Hashing;

namespace Distributed.Worker.Collectives;

/// <summary>One rank's buffer to every other, in pieces; a hash of the whole comes last and is compared before the operation counts as done.</summary>
internal sealed class BroadcastOperation : PeerOperation
{
    private const int HashBytes = 16;

    private readonly int _source;
    private readonly bool _isSource;
    private readonly TileMemory _buffer;
    private readonly byte[] _hash = new byte[HashBytes];
    private readonly XxHash128 _whole = new(); // the source's Start, elsewhere the receiver of the source only
    private long _next;    // the receiver of the source only
    private bool _hashed;  // the receiver of the source only

    public BroadcastOperation(GenerationKey key, long sequence, PeerConnections connections, int rank, int worldSize, int source, TileMemory buffer)
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
            for (long at = 0; at < _buffer.Length; at += Tiling.TileBytes)
            {
                Connections.SendToAll(new Outgoing(this, Piece(at), PieceMemory(at)));
                _whole.Append(PieceMemory(at).Span);
            }
            _whole.GetCurrentHash(_hash);
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
        return PieceMemory(_next);
    }

    public override void Received(int peer, in PeerFrame frame)
    {
        if (frame.Kind == PeerFrameKind.Broadcast)
        {
            _whole.Append(PieceMemory(_next).Span);
            _next += frame.PayloadBytes;
            return;
        }
        _hashed = true;
        if (!_whole.GetCurrentHash().AsSpan().SequenceEqual(_hash))
            throw new PeerProtocolException("broadcast whose whole does not have the sender's hash");
    }

    private PeerFrame Piece(long at) => Frame(PeerFrameKind.Broadcast, 0, at, PieceLength(at));

    private int PieceLength(long at) => Tiling.LengthAt(at, _buffer.Length, Tiling.TileBytes);

    private TileMemory PieceMemory(long at) => _buffer.Slice(at, PieceLength(at));

    private PeerFrame HashFrame() => Frame(PeerFrameKind.BroadcastHash, 0, _buffer.Length, HashBytes);
}
