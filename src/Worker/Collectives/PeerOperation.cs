namespace Distributed.Worker.Collectives;

/// <summary>
/// One collective operation in flight. The caller starts it; each connection's receiver asks it where a frame belongs and tells it when the frame is there.
/// Done when every frame that it expects has come and every frame that it sends has left.
/// </summary>
internal abstract class PeerOperation(GenerationKey key, long sequence, PeerConnections connections)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _outstanding = 1; // the caller's own part, see Started

    /// <summary>The way to the peers.</summary>
    protected PeerConnections Connections { get; } = connections;

    /// <summary>Number of the operation in its generation, from 1.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>Completes when nothing is left to send or to receive.</summary>
    public Task Done => _done.Task;

    /// <summary>Called by the caller: puts on the way what can be sent at once, then calls <see cref="Complete"/>.</summary>
    public abstract void Start();

    /// <summary>Called by a receiver: whether a frame of this peer is certainly still to come.</summary>
    public virtual bool Awaits(int peer) => false;

    /// <summary>Called by a receiver: the memory that the frame's payload belongs in. May wait until there is some.</summary>
    /// <exception cref="PeerProtocolException">No such frame is expected from this peer now.</exception>
    public abstract TileMemory Accept(int peer, in PeerFrame frame);

    /// <summary>Called by a receiver: the payload is in its place, and verified.</summary>
    public abstract void Received(int peer, in PeerFrame frame);

    /// <summary>Wakes whoever waits inside the operation: the generation is over.</summary>
    public virtual void Abort()
    {
    }

    /// <summary>Adds frames, sent or received, that have to complete before the operation is done.</summary>
    public void Expect(long frames) => Interlocked.Add(ref _outstanding, frames);

    /// <summary>One of the expected frames, or the caller's own part, is complete.</summary>
    public void Complete()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0)
            _done.TrySetResult();
    }

    protected PeerFrame Frame(PeerFrameKind kind, int part, long offset, int payloadBytes) => new(key, Sequence, kind, part, offset, payloadBytes);

    /// <summary>Compares what came with what has to come next from this peer.</summary>
    protected static void Require(in PeerFrame frame, in PeerFrame expected)
    {
        if (frame != expected)
            throw new PeerProtocolException(
                $"{frame.Kind} {frame.Part} at {frame.Offset} of {frame.PayloadBytes} bytes, expected {expected.Kind} {expected.Part} at {expected.Offset} of {expected.PayloadBytes}");
    }
}
