using System.Net;
using Distributed.Hub.Listing;
using Distributed.Jobs;

namespace Distributed.Hub.Remote;

/// <summary>Addresses of a hub.</summary>
internal sealed class HubAddress
{
    private readonly string _endpoint;
    private readonly Uri _root;

    /// <exception cref="HubException">It is no address of a hub.</exception>
    public HubAddress(string endpoint)
    {
        _endpoint = endpoint;
        _root = Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url is { Query: "", Fragment: "", UserInfo: "" }
            ? url
            : throw new HubException(HubError.Settings, $"the hub's address (HF_ENDPOINT) is {endpoint}: expected https://HOST");
    }

    /// <summary>Host and, if it is not the usual one, port.</summary>
    public string Host => _root.Authority;

    /// <summary>Whether a secret may be sent at all: not over a network in the clear.</summary>
    public bool IsPrivate => _root.Scheme == "https" || _root.IsLoopback || (IPAddress.TryParse(_root.Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Where the hub describes a revision.</summary>
    public Uri Revision(HubId id) => new($"{_endpoint}/api/models/{id.Repository}/revision/{Uri.EscapeDataString(id.Revision)}");

    /// <summary>Where a file is.</summary>
    public Uri File(HubId commit, string name) => new($"{_endpoint}/{commit.Repository}/resolve/{commit.Revision}/{RepositoryPath.Escape(name)}");

    /// <summary>Whether an address is the hub's own.</summary>
    public bool Owns(Uri url) => url.Scheme == _root.Scheme && url.Authority == _root.Authority;
}
