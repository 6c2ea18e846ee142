using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Distributed.Worker.Collectives;

/// <summary>
/// The connection to one peer in one generation, with a thread that sends and a thread that receives: blocking calls straight from and into the
/// buffers of the collectives. The receiver always reads, so that a peer's death is seen at once, in an operation or not.
/// </summary>
internal sealed class PeerConnection
{
    private const int SmallPayloadBytes = 16 << 10;
    private const int StackBytes = 256 << 10;

    private readonly int _peer;
    private readonly Socket _socket;
    private readonly GenerationKey _key;
    private readonly OperationSlot _slot;
    private readonly Action<PeerFailure> _fail;
    private readonly BlockingCollection<Outgoing> _outgoing = [];
    private readonly object _sending = new();
    private readonly TaskCompletionSource _senderEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _receiverEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="peer">Rank at the other end.</param>
    /// <param name="socket">Connected, hands shaken; owned from here on.</param>
    /// <param name="key">Generation of every frame.</param>
    /// <param name="slot">Where received frames find their operation.</param>
    /// <param name="fail">Ends the generation.</param>
    public PeerConnection(int peer, Socket socket, GenerationKey key, OperationSlot slot, Action<PeerFailure> fail)
    {
        _peer = peer;
        _socket = socket;
        _key = key;
        _slot = slot;
        _fail = fail;
        Ended = Task.WhenAll(_senderEnded.Task, _receiverEnded.Task);
    }

    /// <summary>Completes when both threads are gone: no caller's memory is touched after that.</summary>
    public Task Ended { get; }

    public void Start()
    {
        _socket.Blocking = true;
        StartThread(SendLoop, _senderEnded, "send");
        StartThread(ReceiveLoop, _receiverEnded, "receive");
    }

    /// <summary>Sends a frame after those queued before it.</summary>
    public void Enqueue(in Outgoing outgoing)
    {
        try
        {
            _outgoing.Add(outgoing);
        }
        catch (InvalidOperationException) when (_outgoing.IsAddingCompleted)
        {
            // The generation is over, and whoever awaits the operation hears so.
        }
    }

    /// <summary>Tells the peer whom this rank suspects, where that is possible without waiting, and closes the connection.</summary>
    public void Close(int? suspect)
    {
        _outgoing.CompleteAdding();
        if (suspect is { } rank && rank != _peer && Monitor.TryEnter(_sending))
        {
            try
            {
                SendAbort(rank);
            }
            finally
            {
                Monitor.Exit(_sending);
            }
        }
        _socket.Dispose();
    }

    private void SendAbort(int suspect)
    {
        try
        {
            Span<byte> header = stackalloc byte[PeerFrame.HeaderBytes];
            new PeerFrame(_key, 0, PeerFrameKind.Abort, suspect, 0, 0).Write(header, default);
            if (_socket.Poll(0, SelectMode.SelectWrite))
                _socket.Send(header);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer sees the connection close instead.
        }
    }

    private void StartThread(Action loop, TaskCompletionSource ended, string name)
    {
        var thread = new Thread(() => Guard(loop, ended), StackBytes) { IsBackground = true, Name = $"peer {_peer} {name}" };
        thread.Start();
    }

    private void Guard(Action loop, TaskCompletionSource ended)
    {
        try
        {
            loop();
        }
        catch (PeerProtocolException e)
        {
            _fail(new PeerFailure(_peer, $"rank {_peer} broke the protocol: {e.Message}", e));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or EndOfStreamException)
        {
            _fail(new PeerFailure(_peer, $"lost rank {_peer}: {e.Message}", e));
        }
        catch (Exception e)
        {
            // A defect of ours: whoever awaits the operation gets it as the inner exception.
            _fail(new PeerFailure(null, $"connection to rank {_peer} failed: {e.Message}", e));
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void SendLoop()
    {
        byte[] small = new byte[PeerFrame.HeaderBytes + SmallPayloadBytes];
        foreach (var outgoing in _outgoing.GetConsumingEnumerable())
        {
            lock (_sending)
                Send(outgoing.Frame, outgoing.Payload.Span, small);
            outgoing.Operation.Complete();
        }
    }

    private void Send(in PeerFrame frame, ReadOnlySpan<byte> payload, byte[] small)
    {
        var header = small.AsSpan(0, PeerFrame.HeaderBytes);
        frame.Write(header, payload);
        if (payload.Length <= SmallPayloadBytes)
        {
            payload.CopyTo(small.AsSpan(PeerFrame.HeaderBytes));
            _socket.SendAll(small.AsSpan(0, PeerFrame.HeaderBytes + payload.Length));
            return;
        }
        _socket.SendAll(header);
        _socket.SendAll(payload);
    }

    private void ReceiveLoop()
    {
        Span<byte> header = stackalloc byte[PeerFrame.HeaderBytes];
        while (true)
        {
            _socket.ReceiveAll(header);
            var frame = PeerFrame.Read(header, _key);
            if (frame.Kind == PeerFrameKind.Abort)
            {
                PeerFrame.Verify(header, default);
                _fail(new PeerFailure(frame.Part, frame.Part == _peer ? $"rank {_peer} gave up" : $"rank {_peer} lost rank {frame.Part}"));
                return;
            }
            if (_slot.Await(_peer, frame.Sequence) is not { } operation)
                return;

            var payload = operation.Accept(_peer, frame).Span;
            _socket.ReceiveAll(payload);
            PeerFrame.Verify(header, payload);
            operation.Received(_peer, frame);
            operation.Complete();
        }
    }
}
