namespace Distributed.Worker.Collectives;

/// <summary>An empty frame to everyone and from everyone.</summary>
internal sealed class BarrierOperation : PeerOperation
{
    private readonly bool[] _arrived; // by peer, each touched by its receiver only

    public BarrierOperation(GenerationKey key, long sequence, PeerConnections connections, int worldSize)
        : base(key, sequence, connections)
    {
        _arrived = new bool[worldSize];
        Expect(2L * (worldSize - 1));
    }

    public override void Start()
    {
        Connections.SendToAll(new Outgoing(this, Frame(PeerFrameKind.Barrier, 0, 0, 0), default));
        Complete();
    }

    public override bool Awaits(int peer) => !_arrived[peer];

    public override TileMemory Accept(int peer, in PeerFrame frame)
    {
        Require(frame, Frame(PeerFrameKind.Barrier, 0, 0, 0));
        if (_arrived[peer])
            throw new PeerProtocolException("second arrival at a barrier");
        return default;
    }

    public override void Received(int peer, in PeerFrame frame) => _arrived[peer] = true;
}
