using System.Net.Sockets;

namespace Distributed.Worker.Collectives;

/// <summary>A connection that another worker opened, and what it said; not answered yet.</summary>
internal sealed record PeerCall(Socket Socket, PeerHandshake Greeting);
