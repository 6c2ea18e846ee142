namespace Distributed.Worker.Collectives;

/// <summary>A peer sent something that this generation's protocol does not allow here.</summary>
internal sealed class PeerProtocolException(string reason) : Exception(reason);
