using Distributed.Hub.Cache;
using Distributed.Hub.Listing;
using Distributed.Hub.Remote;
using Distributed.Jobs;
using Polly;

namespace Distributed.Hub;

/// <summary>
/// Models by their ids: from the cache that Python's huggingface_hub uses too, and from the hub into it. Safe for concurrent calls, of several processes too.
/// </summary>
/// <param name="options">Where models come from and are kept.</param>
/// <param name="time">The clock.</param>
public sealed class ModelHub(HubOptions options, TimeProvider time)
{
    /// <summary>
    /// The folder of a model. A commit that the cache holds whole needs no network; a branch or tag is asked for, and where the hub cannot be asked, or a
    /// new commit cannot be stored, the commit that it last was is taken, with a warning.
    /// </summary>
    /// <param name="id">The model.</param>
    /// <param name="progress">Told how far a download is.</param>
    /// <param name="cancellationToken">Ends it. What has arrived stays for the next time.</param>
    /// <exception cref="HubException">The model cannot be had.</exception>
    public async Task<HubModel> ResolveAsync(HubId id, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        try
        {
            var cache = new RepositoryCache(options.CacheFolder, id.Repository);
            var cached = CachedModel.Find(cache, id.Revision);
            if (cached is { IsCertain: true } && id.IsCommit)
                return new HubModel(cached.Folder, cached.Commit);
            if (options.IsOffline)
                return cached is null ? throw NotCached(id) : new HubModel(cached.Folder, cached.Commit, Doubt(id, cached));
            return await AskAsync(id, cache, cached, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(exception);
        }
    }

    private async Task<HubModel> AskAsync(HubId id, RepositoryCache cache, CachedModel? cached, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        using var client = new HubClient(options, time);
        var retries = HubRetries.Create(options, time);
        try
        {
            // Who has the model already is not kept waiting for a hub that does not answer.
            var listing = await (cached is null ? retries : ResiliencePipeline.Empty).ExecuteAsync(async token => await client.ListAsync(id, token), cancellationToken);
            var commit = id.At(listing.Commit);
            await new SnapshotDownload(client, cache, listing, commit, options, retries, progress, time).RunAsync(cancellationToken);
            TakeNote(cache, id, listing);
            return new HubModel(cache.Snapshot(commit.Revision), commit.Revision);
        }
        catch (HubException exception) when (cached is not null && exception.Error is HubError.Unavailable or HubError.AccessDenied or HubError.NoSuchModel or HubError.Storage)
        {
            return Instead(cached, exception);
        }
        catch (Exception exception) when (cached is not null && exception is IOException or UnauthorizedAccessException)
        {
            return Instead(cached, Unusable(exception));
        }
        catch (HubException exception) when (exception is { Error: HubError.NoSafetensors })
        {
            throw new HubException(exception.Error, $"{id}: {exception.Message}", exception);
        }
    }

    // Notes help the next time alone, and a cache may be there to be read only.
    private static void TakeNote(RepositoryCache cache, HubId id, RepositoryListing listing)
    {
        try
        {
            if (!listing.Files.Contains(ModelModule.ListFile))
                cache.NoteAbsence(listing.Commit, ModelModule.ListFile);
            cache.WriteRef(id.Revision, listing.Commit);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next time asks again.
        }
    }

    private static HubModel Instead(CachedModel cached, HubException reason) =>
        new(cached.Folder, cached.Commit, $"{reason.Message}; commit {cached.Commit} is taken from the cache");

    private HubException Unusable(Exception exception) => new(HubError.Storage, $"the cache {options.CacheFolder} cannot be used: {exception.Message}", exception);

    private HubException NotCached(HubId id) => new(HubError.Offline, $"{id}: the network is switched off (HF_HUB_OFFLINE), and {options.CacheFolder} does not hold it whole");

    private static string? Doubt(HubId id, CachedModel cached) => cached.IsCertain
        ? null
        : $"{id}: the cache has no modules.json of it, as if it had been fetched for another purpose: it is taken for an encoder with mean pooling";
}
