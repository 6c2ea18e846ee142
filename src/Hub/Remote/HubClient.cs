using System.Net;
using System.Net.Http.Headers;
using Distributed.Hub.Listing;
using Distributed.Jobs;

namespace Distributed.Hub.Remote;

/// <summary>
/// Asks a hub, once: repetition is the caller's. It follows redirects itself, so that the token goes to the hub and nowhere else.
/// Every failure is a <see cref="HubException"/>.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HubAddress _address;
    private readonly HubToken? _token;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public HubClient(HubOptions options, TimeProvider time)
    {
        (_timeout, _time) = (options.AnswerTimeout, time);
        _address = new HubAddress(options.Endpoint);
        _token = _address.IsPrivate ? (options.Token ?? ReadToken(options.TokenFile))?.RequireUsable() : null;
    }

    /// <summary>The files of a revision.</summary>
    public async Task<RepositoryListing> ListAsync(HubId id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, _address.Revision(id), leavesHub: true, from: 0, cancellationToken);
        RequireSuccess(response, id, file: null);
        return RepositoryListing.Parse(await ReadAllAsync(response, SmallJson.MaxBytes, cancellationToken));
    }

    /// <summary>What the hub says of a file.</summary>
    public async Task<FileFacts> DescribeAsync(HubId commit, string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Head, _address.File(commit, name), leavesHub: false, from: 0, cancellationToken);
        var isElsewhere = IsRedirect(response);
        if (!isElsewhere)
            RequireSuccess(response, commit, name);
        var etag = FileFacts.Normalize(Header(response, "X-Linked-Etag") ?? Header(response, "ETag") ?? "");
        var size = long.TryParse(Header(response, "X-Linked-Size"), out var linked) ? linked : isElsewhere ? null : response.Content.Headers.ContentLength;
        return FileFacts.IsSafe(etag) && size is >= 0 and <= FileFacts.MostBytes
            ? new FileFacts(name, etag, size.Value)
            : throw new HubException(HubError.BadAnswer, $"{commit}: {_address.Host} states no size and checksum of {name} that can be right");
    }

    /// <summary>A file's content from a byte on. The answer may be the whole of it, or 416; its body is not read.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HubId commit, string name, long from, CancellationToken cancellationToken)
    {
        var response = await SendAsync(HttpMethod.Get, _address.File(commit, name), leavesHub: true, from, cancellationToken);
        if (from == 0 || response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable)
            RequireSuccess(response, commit, name);
        return response;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, bool leavesHub, long from, CancellationToken cancellationToken)
    {
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            var response = await SendOnceAsync(method, url, from, cancellationToken);
            if (!IsRedirect(response) || response.Headers.Location is not { } location)
                return response;
            var next = new Uri(url, location);
            if (!leavesHub && !_address.Owns(next))
                return response;
            response.Dispose();
            if (next.Scheme is not ("https" or "http") || (url.Scheme == "https" && next.Scheme != "https"))
                throw new HubException(HubError.BadAnswer, $"{url.Authority} redirects to {next.Scheme}://{next.Authority}, which is not as safe");
            url = next;
        }

        throw new HubException(HubError.BadAnswer, $"{url.Authority} redirects without end");
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri url, long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("distributed", "0.1"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // sizes and ranges are those of the content
        if (from > 0)
            request.Headers.Range = new RangeHeaderValue(from, null);
        if (_token is not null && _address.Owns(url))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token.Value);

        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable($"{url.Authority} did not answer within {_timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException exception)
        {
            throw Unavailable($"{url.Authority} cannot be reached: {exception.Message}", exception);
        }
    }

    private void RequireSuccess(HttpResponseMessage response, HubId id, string? file)
    {
        if (response.IsSuccessStatusCode)
            return;
        var failure = HubFailure.Of(response, id, file, _address.Host, _token is not null, _time);
        response.Dispose();
        throw failure;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAllAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        using var body = new ResponseBody(response, _timeout, _time);
        var content = new byte[1 << 16];
        for (var length = 0; ;)
        {
            var read = await body.ReadAsync(content.AsMemory(length), cancellationToken);
            if (read == 0)
                return content.AsMemory(0, length);
            length += read;
            if (length > limit)
                throw new HubException(HubError.BadAnswer, $"{_address.Host} lists more files than a model has");
            if (length == content.Length)
                Array.Resize(ref content, 2 * length);
        }
    }

    private static HubException Unavailable(string message, Exception? cause = null) => new(HubError.Unavailable, message, cause) { MayPass = true };

    private static bool IsRedirect(HttpResponseMessage response) => (int)response.StatusCode is 301 or 302 or 303 or 307 or 308;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.First() : null;

    private static HubToken? ReadToken(string? path) =>
        path is not null && File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? new HubToken(token) : null;
}
