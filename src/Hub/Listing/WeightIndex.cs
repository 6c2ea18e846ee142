using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Hub.Listing;

/// <summary>Reads which files the weights of a large model are spread over.</summary>
internal static class WeightIndex
{
    /// <summary>Weights in one file.</summary>
    public const string SingleFile = "model.safetensors";

    /// <summary>The list, where they are in several.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private const int MaxFiles = 1000;

    /// <summary>The files that an index names, none twice. Null: it is no index.</summary>
    public static ImmutableArray<string>? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = SmallJson.Parse(json);
            var files = document.RootElement.GetProperty("weight_map").EnumerateObject()
                .Select(entry => entry.Value.GetString() ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
            return files.Length is > 0 and <= MaxFiles && files.All(IsShard) ? files : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    // Readers of models take files of the index's own folder alone.
    private static bool IsShard(string file) => RepositoryPath.IsSafe(file) && RepositoryPath.FolderOf(file).Length == 0 && file.EndsWith(".safetensors", StringComparison.Ordinal);
}
