using System.Collections.Immutable;
using System.Globalization;
using Distributed.Hub.Cache;
using Distributed.Hub.Listing;
using Distributed.Jobs;
using Polly;

namespace Distributed.Hub.Remote;

/// <summary>
/// Brings a commit's files into the cache. Contents first, each under its own lock, so that processes that ask for the same model fetch it once; then the
/// names, weights last; then the branch's note. Whoever looks meanwhile sees a model that is not whole, or the earlier one.
/// </summary>
internal sealed class SnapshotDownload(
    HubClient client, RepositoryCache cache, RepositoryListing listing, HubId commit, HubOptions options, ResiliencePipeline retries, IProgress<HubProgress>? progress, TimeProvider time)
{
    private readonly Dictionary<string, FileFacts> _facts = new(StringComparer.Ordinal); // by name, of those that the commit's folder lacks
    private readonly BlobDownload _blobs = new(client, cache, options, retries, time);

    private long _arrived; // bytes of whole files
    private long _total;

    /// <summary>Does it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var files = await ChooseAsync(cancellationToken);
        foreach (var file in files)
            await DescribeAsync(file, cancellationToken);
        if (_facts.Count > 0)
            RequireRoom();
        _total = _facts.Values.Sum(facts => facts.Size);
        foreach (var file in files)
            await FetchAsync(file, cancellationToken);

        foreach (var file in files)
            if (_facts.TryGetValue(file, out var facts))
                SnapshotLink.Create(cache, commit.Revision, file, facts.Etag, options.HasLinks);
    }

    private async Task<ImmutableArray<string>> ChooseAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<ModelModule> modules = [];
        if (listing.Files.Contains(ModelModule.ListFile))
            modules = ModelModule.Parse(await ReadAsync(ModelModule.ListFile, cancellationToken)) ?? throw Damaged(ModelModule.ListFile);
        if (WantedFiles.Index(listing, modules) is not { } index)
            return WantedFiles.Choose(listing, modules, null);
        return WantedFiles.Choose(listing, modules, WeightIndex.Parse(await ReadAsync(index, cancellationToken)) ?? throw Damaged(index));
    }

    private HubException Damaged(string file) => new(HubError.BadAnswer, $"{commit}: its {file} is not what it should be");

    /// <summary>A small file's content, which decides what else is fetched.</summary>
    private async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await DescribeAsync(file, cancellationToken);
        if (!_facts.TryGetValue(file, out var facts))
            return SmallJson.Read(cache.FileOf(commit.Revision, file)) ?? throw Damaged(file);
        if (facts.Size > SmallJson.MaxBytes)
            throw Damaged(file);
        await FetchAsync(file, cancellationToken);
        return SmallJson.Read(cache.Blob(facts.Etag)) ?? throw Damaged(file);
    }

    private async Task DescribeAsync(string file, CancellationToken cancellationToken)
    {
        if (!_facts.ContainsKey(file) && !CacheFile.Exists(cache.FileOf(commit.Revision, file)))
            _facts[file] = await retries.ExecuteAsync(async token => await client.DescribeAsync(commit, file, token), cancellationToken);
    }

    private async Task FetchAsync(string file, CancellationToken cancellationToken)
    {
        if (!_facts.TryGetValue(file, out var facts))
            return;
        if (!File.Exists(cache.Blob(facts.Etag)))
        {
            cache.Create();
            using var held = await BlobLock.TakeAsync(cache.Lock(facts.Etag), time, cancellationToken);
            if (!File.Exists(cache.Blob(facts.Etag)))
                await _blobs.RunAsync(commit, facts, bytes => Report(file, bytes), cancellationToken);
        }

        Report(file, facts.Size);
        _arrived += _total == 0 ? 0 : facts.Size;
    }

    // What decides which files are needed is read before anything can be counted.
    private void Report(string file, long bytes)
    {
        if (_total > 0)
            progress?.Report(new HubProgress(file, _arrived + bytes, _total));
    }

    private void RequireRoom()
    {
        cache.Create();
        var needed = _facts.Values.DistinctBy(facts => facts.Etag).Sum(Missing);
        var free = new DriveInfo(cache.Blobs).AvailableFreeSpace;
        if (needed > free)
            throw new HubException(HubError.Storage, string.Create(CultureInfo.InvariantCulture, $"{commit} needs {needed / 1e6:N1} MB, and {cache.Root} has room for {free / 1e6:N1} MB"));
    }

    private long Missing(FileFacts facts)
    {
        if (File.Exists(cache.Blob(facts.Etag)))
            return 0;
        var begun = new FileInfo(cache.Incomplete(facts.Etag));
        return facts.Size - (begun.Exists ? Math.Min(begun.Length, facts.Size) : 0);
    }
}
