using System.Collections.Immutable;

namespace Distributed.Worker.Collectives;

/// <summary>The connections of one rank, by the rank at the other end.</summary>
/// <param name="all">One per rank; null in this rank's own place.</param>
internal sealed class PeerConnections(ImmutableArray<PeerConnection?> all)
{
    /// <summary>Sends one frame to one peer.</summary>
    public void Send(int peer, in Outgoing outgoing) => all[peer]!.Enqueue(outgoing);

    /// <summary>Sends one frame to every peer.</summary>
    public void SendToAll(in Outgoing outgoing)
    {
        foreach (var connection in all)
            connection?.Enqueue(outgoing);
    }

    public void Start()
    {
        foreach (var connection in all)
            connection?.Start();
    }

    public void Close(int? suspect)
    {
        foreach (var connection in all)
            connection?.Close(suspect);
    }

    /// <summary>Completes when no thread of any connection is left.</summary>
    public Task Ended { get; } = Task.WhenAll(all.Where(c => c is not null).Select(c => c!.Ended));
}
