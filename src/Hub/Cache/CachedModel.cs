using System.Collections.Immutable;
using Distributed.Hub.Listing;
using Distributed.Jobs;

namespace Distributed.Hub.Cache;

/// <summary>A model that the cache holds whole, whoever fetched it.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="IsCertain">
/// Whether it is known how the model turns token states into an embedding. Where a program has fetched the encoder alone, modules.json may be missing
/// though the model has one.
/// </param>
internal sealed record CachedModel(string Folder, string Commit, bool IsCertain)
{
    // Files that are a tokenizer together: what the readers of a model's folder can do with.
    private static readonly ImmutableArray<ImmutableArray<string>> Tokenizers = [["tokenizer.json"], ["vocab.txt"], ["vocab.json", "merges.txt"], ["sentencepiece.bpe.model"]];

    /// <summary>The model at a revision; null where the cache lacks it, or a part of it.</summary>
    public static CachedModel? Find(RepositoryCache cache, string revision)
    {
        if ((HubId.IsCommitHash(revision) ? revision : cache.ReadRef(revision)) is not { } commit)
            return null;
        var folder = cache.Snapshot(commit);
        var list = Path.Combine(folder, ModelModule.ListFile);
        var hasList = CacheFile.Exists(list);
        var modules = hasList ? SmallJson.Read(list) is { } content ? ModelModule.Parse(content) : null : [];
        return modules is { } known && IsWhole(folder, known) ? new CachedModel(folder, commit, hasList || cache.Lacks(commit, ModelModule.ListFile)) : null;
    }

    private static bool IsWhole(string folder, ImmutableArray<ModelModule> modules)
    {
        var encoder = Path.Combine(folder, WantedFiles.EncoderFolder(modules));
        return CacheFile.Exists(Path.Combine(encoder, "config.json"))
            && Tokenizers.Any(files => files.All(name => CacheFile.Exists(Path.Combine(encoder, name))))
            && modules.Skip(1).All(module => IsWhole(folder, module))
            && HasWeights(encoder);
    }

    private static bool IsWhole(string folder, ModelModule module) =>
        (!module.HasSettings || CacheFile.Exists(Path.Combine(folder, module.Folder, "config.json")))
        && (!module.HasWeights || CacheFile.Exists(Path.Combine(folder, module.Folder, WeightIndex.SingleFile)));

    private static bool HasWeights(string folder)
    {
        if (CacheFile.Exists(Path.Combine(folder, WeightIndex.SingleFile)))
            return true;
        var index = Path.Combine(folder, WeightIndex.IndexFile);
        return CacheFile.Exists(index) && SmallJson.Read(index) is { } content && WeightIndex.Parse(content) is { } shards && shards.All(shard => CacheFile.Exists(Path.Combine(folder, shard)));
    }
}
