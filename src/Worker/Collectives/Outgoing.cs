namespace Distributed.Worker.Collectives;

/// <summary>A frame on its way out.</summary>
/// <param name="Operation">Told when the frame has left.</param>
/// <param name="Frame">Its header.</param>
/// <param name="Payload">Its payload, read when it is sent.</param>
internal readonly record struct Outgoing(PeerOperation Operation, PeerFrame Frame, TileMemory Payload);
