using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Distributed.Worker.Collectives;

/// <summary>Where a worker can be reached by others: <c>unix:/path</c> or <c>tcp:host:port</c>.</summary>
internal abstract record PeerEndpoint
{
    private const int SocketBufferBytes = 4 << 20;

    /// <exception cref="FormatException">Neither of the two forms.</exception>
    public static PeerEndpoint Parse(string text)
    {
        if (text.StartsWith("unix:/", StringComparison.Ordinal))
            return new UnixPeerEndpoint(text["unix:".Length..]);

        int colon = text.LastIndexOf(':');
        if (text.StartsWith("tcp:", StringComparison.Ordinal) && colon > "tcp:".Length
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return new TcpPeerEndpoint(text["tcp:".Length..colon].Trim('[', ']'), port);
        throw new FormatException($"'{text}' is not unix:/path or tcp:host:port");
    }

    /// <summary>The address as the socket API wants it.</summary>
    public abstract EndPoint Address { get; }

    /// <summary>A stream socket of this family, with buffers for tensors.</summary>
    public Socket CreateSocket()
    {
        var socket = this is UnixPeerEndpoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        Tune(socket);
        return socket;
    }

    /// <summary>Large buffers, and no waiting for full segments.</summary>
    public static void Tune(Socket socket)
    {
        socket.SendBufferSize = SocketBufferBytes;
        socket.ReceiveBufferSize = SocketBufferBytes;
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
    }
}

/// <summary>A Unix domain socket of this host.</summary>
internal sealed record UnixPeerEndpoint(string Path) : PeerEndpoint
{
    public override EndPoint Address => new UnixDomainSocketEndPoint(Path);

    public override string ToString() => $"unix:{Path}";
}

/// <summary>A TCP port; host is an address or a name.</summary>
internal sealed record TcpPeerEndpoint(string Host, int Port) : PeerEndpoint
{
    public override EndPoint Address => IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    public override string ToString() => Host.Contains(':') ? $"tcp:[{Host}]:{Port}" : $"tcp:{Host}:{Port}";
}
