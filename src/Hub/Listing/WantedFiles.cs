using System.Collections.Immutable;

namespace Distributed.Hub.Listing;

/// <summary>Which files of a repository a model is made of: settings, vocabularies and safetensors weights, of the repository's own folder and of its modules.</summary>
internal static class WantedFiles
{
    private static readonly ImmutableArray<string> Settings = [".json", ".txt", ".model"];
    private static readonly ImmutableArray<string> Pickled = [".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".ckpt"];

    /// <summary>Folder of the encoder: the first module's.</summary>
    public static string EncoderFolder(ImmutableArray<ModelModule> modules) => modules.IsEmpty ? "" : modules[0].Folder;

    /// <summary>The index that has to be read before the weights are known; null: they are in one file.</summary>
    /// <exception cref="HubException">There are no safetensors weights.</exception>
    public static string? Index(RepositoryListing listing, ImmutableArray<ModelModule> modules)
    {
        var folder = EncoderFolder(modules);
        if (listing.Files.Contains(RepositoryPath.Join(folder, WeightIndex.SingleFile)))
            return null;
        var index = RepositoryPath.Join(folder, WeightIndex.IndexFile);
        return listing.Files.Contains(index) ? index : throw NoSafetensors(listing, folder);
    }

    /// <summary>All files, weights last.</summary>
    /// <param name="listing">What there is.</param>
    /// <param name="modules">The model's modules; none: the repository is an encoder.</param>
    /// <param name="shards">Files that the index names; null: the weights are in one file.</param>
    /// <exception cref="HubException">A file is missing.</exception>
    public static ImmutableArray<string> Choose(RepositoryListing listing, ImmutableArray<ModelModule> modules, ImmutableArray<string>? shards)
    {
        var folders = modules.Select(module => module.Folder).Append("").ToHashSet(StringComparer.Ordinal);
        var settings = listing.Files.Where(file => folders.Contains(RepositoryPath.FolderOf(file)) && Settings.Any(end => file.EndsWith(end, StringComparison.Ordinal)));
        var encoder = EncoderFolder(modules);
        var weights = (shards ?? [WeightIndex.SingleFile]).Select(file => RepositoryPath.Join(encoder, file))
            .Concat(modules.Where(module => module.HasWeights).Select(module => RequireWeights(listing, module.Folder)))
            .ToImmutableArray();
        if (weights.FirstOrDefault(file => !listing.Files.Contains(file)) is { } missing)
            throw new HubException(HubError.BadAnswer, $"the repository lacks {missing}, which its index of weights names");
        return [.. settings.Except(weights).Order(StringComparer.Ordinal), .. weights];
    }

    private static string RequireWeights(RepositoryListing listing, string folder)
    {
        var file = RepositoryPath.Join(folder, WeightIndex.SingleFile);
        return listing.Files.Contains(file) ? file : throw NoSafetensors(listing, folder);
    }

    private static HubException NoSafetensors(RepositoryListing listing, string folder)
    {
        var other = listing.Files.Where(file => RepositoryPath.FolderOf(file) == folder && Pickled.Any(end => file.EndsWith(end, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).FirstOrDefault();
        var place = folder.Length == 0 ? "it has" : $"its folder {folder} has";
        return new(HubError.NoSafetensors, $"{place} no {WeightIndex.SingleFile}{(other is null ? "" : $", only {other}")}: weights are read from safetensors files alone");
    }
}
