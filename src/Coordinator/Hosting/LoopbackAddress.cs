using System.Net;
using System.Net.Sockets;

namespace Distributed.Coordinator.Hosting;

/// <summary>An address of this machine that only this machine reaches.</summary>
internal static class LoopbackAddress
{
    /// <summary>Parses `http://127.0.0.1:5000`, `http://localhost:0` or `http://[::1]:5000`; port 0: any free one.</summary>
    /// <param name="option">Name of the command line's option, for the error.</param>
    /// <param name="url">Its value.</param>
    /// <exception cref="BadInputException">It is no such address, or one that others reach.</exception>
    public static IPEndPoint Parse(string option, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
            throw new BadInputException($"{option} {url}: expected http://HOST:PORT");

        var address = uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.Host.Trim('[', ']'), out var parsed) ? parsed : null;
        return address is not null && IPAddress.IsLoopback(address)
            ? new IPEndPoint(address, uri.Port)
            : throw new BadInputException($"{option} {url}: only loopback addresses are served; others need TLS and a join token first");
    }

    /// <summary>The address as a URL's host.</summary>
    public static string HostOf(IPEndPoint endPoint) =>
        endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{endPoint.Address}]" : endPoint.Address.ToString();
}
