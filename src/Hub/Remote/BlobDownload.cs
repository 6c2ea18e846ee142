using System.Net;
using Distributed.Data.Files;
using Distributed.Hub.Cache;
using Distributed.Jobs;
using Polly;

namespace Distributed.Hub.Remote;

/// <summary>Fetches contents into the cache: to a file beside their place, which a later attempt goes on with, then checked, synced and renamed.</summary>
internal sealed class BlobDownload(HubClient client, RepositoryCache cache, HubOptions options, ResiliencePipeline retries, TimeProvider time)
{
    // A connection that brings so much before it breaks is worth as many attempts again.
    private const long WorthGoingOn = 1 << 20;

    /// <summary>Fetches a content that is not there. The caller holds its lock.</summary>
    /// <param name="commit">Model and commit.</param>
    /// <param name="facts">The file.</param>
    /// <param name="arrived">Told how many bytes of it there are.</param>
    /// <param name="cancellationToken">Ends it; what has arrived stays for the next time.</param>
    public async Task RunAsync(HubId commit, FileFacts facts, Action<long> arrived, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = Length(facts);
            try
            {
                await retries.ExecuteAsync(async token => await AttemptAsync(commit, facts, arrived, token), cancellationToken);
                return;
            }
            catch (HubException exception) when (exception.MayPass && exception.RetryAfter is null && Length(facts) - before >= WorthGoingOn)
            {
                // As many attempts again.
            }
        }
    }

    private long Length(FileFacts facts) => new FileInfo(cache.Incomplete(facts.Etag)) is { Exists: true, Length: var length } ? length : 0;

    private async Task AttemptAsync(HubId commit, FileFacts facts, Action<long> arrived, CancellationToken cancellationToken)
    {
        var path = cache.Incomplete(facts.Etag);
        var resumed = await GuardAsync(path, () => ReceiveAsync(path, commit, facts, arrived, cancellationToken));
        if (!await ContentCheck.PassesAsync(path, facts, cancellationToken))
        {
            File.Delete(path);
            // What an earlier attempt left may be the damaged part: fetched from the start it is another matter.
            throw new HubException(HubError.WrongContent, $"{commit}: {facts.Name} arrived with another checksum than the hub states") { MayPass = resumed };
        }

        await GuardAsync(path, () =>
        {
            Durable.SyncFile(path);
            File.Move(path, cache.Blob(facts.Etag), overwrite: true);
            Durable.SyncDirectory(cache.Blobs);
            return Task.FromResult(true);
        });
    }

    /// <summary>Brings the file to its length; whether something of it was there.</summary>
    private async Task<bool> ReceiveAsync(string path, HubId commit, FileFacts facts, Action<long> arrived, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (file.Length > facts.Size)
            file.SetLength(0);
        var start = file.Length;
        arrived(start);
        if (start == facts.Size)
            return start > 0;

        using var response = await client.OpenAsync(commit, facts.Name, start, cancellationToken);
        if (start > 0 && !GoesOnFrom(response, start))
        {
            file.SetLength(start = 0);
            if (response.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
                throw new HubException(HubError.Unavailable, $"{commit}: the rest of {facts.Name} was asked for, and something else was answered") { MayPass = true };
        }

        file.Position = start;
        await CopyAsync(response, file, commit, facts, arrived, cancellationToken);
        return start > 0;
    }

    private static bool GoesOnFrom(HttpResponseMessage response, long start) =>
        response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == start;

    private async Task CopyAsync(HttpResponseMessage response, FileStream file, HubId commit, FileFacts facts, Action<long> arrived, CancellationToken cancellationToken)
    {
        using var body = new ResponseBody(response, options.StallTimeout, time);
        var buffer = new byte[1 << 17];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (file.Position + read > facts.Size)
            {
                file.SetLength(0);
                throw new HubException(HubError.WrongContent, $"{commit}: {facts.Name} is longer than the {facts.Size} bytes that the hub states");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            arrived(file.Position);
        }

        if (file.Position < facts.Size)
            throw new HubException(HubError.Unavailable, $"{commit}: the connection ended after {file.Position} of the {facts.Size} bytes of {facts.Name}") { MayPass = true };
    }

    private static async Task<bool> GuardAsync(string path, Func<Task<bool>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubException(HubError.Storage, $"the cache cannot be written: {path}: {exception.Message}", exception);
        }
    }
}
