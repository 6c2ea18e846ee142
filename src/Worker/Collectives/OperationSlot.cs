namespace Distributed.Worker.Collectives;

/// <summary>Where the caller and the receivers of one generation meet: the operation in flight, and the failure that ends everything.</summary>
internal sealed class OperationSlot
{
    // Caller and receivers, under the lock.
    private readonly object _gate = new();
    private PeerOperation? _current;
    private PeerFailure? _failure;
    private long _begun;

    /// <summary>The first failure; null while the generation lives.</summary>
    public PeerFailure? Failure
    {
        get
        {
            lock (_gate)
                return _failure;
        }
    }

    /// <summary>Number that the next operation gets.</summary>
    public long NextSequence
    {
        get
        {
            lock (_gate)
                return _begun + 1;
        }
    }

    /// <summary>Makes an operation the current one, unless the generation is over.</summary>
    public bool TryBegin(PeerOperation operation)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return false;
            if (_current is not null)
                throw new InvalidOperationException("A collective operation is in flight already.");
            _current = operation;
            _begun = operation.Sequence;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>The current operation is over.</summary>
    public void End()
    {
        lock (_gate)
            _current = null;
    }

    /// <summary>
    /// The operation that a frame belongs to; waits while this rank has not begun it yet. A peer may be several operations ahead: who has the whole of a
    /// gather or a broadcast to send waits for nobody. Its frames then wait in its socket. Null: the generation is over.
    /// </summary>
    /// <param name="peer">Who sent the frame; called by its receiver.</param>
    /// <param name="sequence">Number of the operation.</param>
    /// <exception cref="PeerProtocolException">The frame belongs to an operation that is over, or passes over one that needs a frame of this peer.</exception>
    public PeerOperation? Await(int peer, long sequence)
    {
        lock (_gate)
        {
            while (_failure is null)
            {
                if (_current?.Sequence == sequence)
                    return _current;
                if (sequence <= _begun || _current?.Awaits(peer) == true)
                    throw new PeerProtocolException($"frame of operation {sequence}, expected {_begun}{(sequence <= _begun ? " or a later one" : "")}");
                Monitor.Wait(_gate);
            }
            return null;
        }
    }

    /// <summary>Ends the generation; only the first failure counts.</summary>
    public bool TryFail(PeerFailure failure)
    {
        PeerOperation? current;
        lock (_gate)
        {
            if (_failure is not null)
                return false;
            _failure = failure;
            current = _current;
            Monitor.PulseAll(_gate);
        }
        current?.Abort();
        return true;
    }
}
