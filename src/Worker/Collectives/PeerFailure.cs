namespace Distributed.Worker.Collectives;

/// <summary>Why a generation's collectives ended.</summary>
/// <param name="Suspect">The rank held responsible; null: unknown.</param>
/// <param name="Reason">For a person.</param>
/// <param name="Inner">What was thrown; null where nothing was.</param>
internal sealed record PeerFailure(int? Suspect, string Reason, Exception? Inner = null);
