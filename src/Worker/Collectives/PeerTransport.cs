namespace Distributed.Worker.Collectives;

/// <summary>What carries the workers' tensors to each other.</summary>
internal enum PeerTransport
{
    /// <summary>Unix domain sockets: workers of one host.</summary>
    Unix,

    /// <summary>TCP, on loopback: connections from elsewhere need TLS and a join token first.</summary>
    Tcp,
}
