using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Distributed.Hub.Tests.Serving;

/// <summary>
/// Behaves like the hub, on this machine: the list of files, addresses that answer HEAD with etag and size, and large contents on another host, where no
/// token may come.
/// </summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Repository, string Revision), ServedModel> _models = new();
    private readonly ConcurrentQueue<HubRequest> _requests = new();
    private readonly WebApplication _hub;
    private readonly WebApplication _cdn;

    private HubServer()
    {
        _hub = Start(HubAsync);
        _cdn = Start(CdnAsync);
    }

    /// <summary>Address of the hub.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>What was asked.</summary>
    public HubRequest[] Requests => [.. _requests];

    /// <summary>Answers in the server's place where it returns true. The last argument counts the requests, from 1.</summary>
    public Func<HttpContext, HubRequest, int, Task<bool>> Intercept { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Whether it sends parts of contents.</summary>
    public bool HasRanges { get; set; } = true;

    /// <summary>What contents are called by; the tests' lies.</summary>
    public Func<byte[], string> Etag { get; set; } = ServedModel.Etag;

    public static async Task<HubServer> StartAsync()
    {
        var server = new HubServer();
        await server._hub.StartAsync(TestContext.Current.CancellationToken);
        await server._cdn.StartAsync(TestContext.Current.CancellationToken);
        server.Endpoint = server._hub.Urls.Single();
        return server;
    }

    /// <summary>Makes a commit the newest of a branch.</summary>
    public void Publish(string repository, ServedModel model, string revision = "main") => _models[(repository, revision)] = _models[(repository, model.Commit)] = model;

    /// <summary>Forgets what was asked.</summary>
    public void ForgetRequests() => _requests.Clear();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _cdn.DisposeAsync();
    }

    private static WebApplication Start(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(answer);
        return application;
    }

    private async Task HubAsync(HttpContext context)
    {
        if (await IsInterceptedAsync(context, isCdn: false))
            return;
        var path = context.Request.Path.Value!.Trim('/');
        if (path.StartsWith("api/models/", StringComparison.Ordinal) && path.Split("/revision/") is [var repository, var revision])
            await ListAsync(context, repository["api/models/".Length..], Uri.UnescapeDataString(revision));
        else if (path.Split("/resolve/") is [var model, var place] && place.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
            await FileAsync(context, model, place[..slash], place[(slash + 1)..]);
        else
            context.Response.StatusCode = 404;
    }

    private async Task ListAsync(HttpContext context, string repository, string revision)
    {
        if (!_models.TryGetValue((repository, revision), out var model))
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Error-Code"] = _models.Keys.Any(key => key.Repository == repository) ? "RevisionNotFound" : "RepoNotFound";
            return;
        }

        await context.Response.WriteAsync(JsonSerializer.Serialize(new { id = repository, sha = model.Commit, siblings = model.Files.Keys.Select(name => new { rfilename = name }) }));
    }

    private async Task FileAsync(HttpContext context, string repository, string revision, string name)
    {
        if (!_models.TryGetValue((repository, revision), out var model) || !model.Files.TryGetValue(name, out var content))
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Error-Code"] = "EntryNotFound";
            return;
        }

        context.Response.Headers["X-Repo-Commit"] = model.Commit;
        if (!ServedModel.IsLarge(content))
        {
            context.Response.Headers.ETag = $"\"{Etag(content)}\"";
            await ContentAsync(context, content);
            return;
        }

        context.Response.StatusCode = 302;
        context.Response.Headers.ETag = "\"of the redirect\"";
        context.Response.Headers["X-Linked-Etag"] = $"\"{Etag(content)}\"";
        context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
        context.Response.Headers.Location = $"{_cdn.Urls.Single()}/{repository}/{revision}/{name}?signature=abc";
    }

    private async Task CdnAsync(HttpContext context)
    {
        if (!await IsInterceptedAsync(context, isCdn: true))
            await CdnContentAsync(context);
    }

    /// <summary>Sends what the other host is asked for.</summary>
    public async Task CdnContentAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Trim('/').Split('/', 4);
        if (context.Request.Headers.Authorization.Count > 0)
            context.Response.StatusCode = 400; // as signed addresses do
        else
            await ContentAsync(context, _models[($"{parts[0]}/{parts[1]}", parts[2])].Files[parts[3]]);
    }

    private async Task ContentAsync(HttpContext context, byte[] content)
    {
        var from = 0;
        if (HasRanges && context.Request.GetTypedHeaders().Range?.Ranges.Single().From is { } start)
        {
            from = (int)start;
            context.Response.StatusCode = from < content.Length ? 206 : 416;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        if (context.Response.StatusCode == 416)
            return;
        context.Response.ContentLength = content.Length - from;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(content.AsMemory(from));
    }

    private async Task<bool> IsInterceptedAsync(HttpContext context, bool isCdn)
    {
        var request = new HubRequest(isCdn, context.Request.Method, context.Request.Path.Value!, context.Request.Headers.Authorization.ToString(), context.Request.Headers.Range.ToString());
        _requests.Enqueue(request);
        return await Intercept(context, request, _requests.Count);
    }
}
