namespace Distributed.Training.Collectives;

/// <summary>A collective operation cannot complete: a peer is gone, broke the protocol, or the generation was closed.</summary>
public sealed class CollectiveAbortedException(long generation, int? peerRank, string reason, Exception? inner = null)
    : Exception($"Generation {generation}: {reason}", inner)
{
    /// <summary>The generation that is over.</summary>
    public long Generation { get; } = generation;

    /// <summary>What happened, without the generation.</summary>
    public string Reason { get; } = reason;

    /// <summary>The rank that failed, where it is known.</summary>
    public int? PeerRank { get; } = peerRank;
}
