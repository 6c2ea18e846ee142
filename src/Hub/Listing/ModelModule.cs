using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Hub.Listing;

/// <summary>A part of a sentence-transformers model.</summary>
/// <param name="Kind">Name of its class.</param>
/// <param name="Folder">Its folder; empty for the repository's own.</param>
internal sealed record ModelModule(string Kind, string Folder)
{
    /// <summary>The file that lists them.</summary>
    public const string ListFile = "modules.json";

    /// <summary>Whether the folder has to hold settings: a Normalize needs none, and its folder is often missing.</summary>
    public bool HasSettings => Folder.Length > 0 && Kind != "Normalize";

    /// <summary>Whether the folder has to hold weights.</summary>
    public bool HasWeights => Kind is "Dense" or "LayerNorm" or "WeightedLayerPooling";

    /// <summary>Reads modules.json. Null: it is none.</summary>
    public static ImmutableArray<ModelModule>? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = SmallJson.Parse(json);
            var modules = document.RootElement.EnumerateArray().Select(Of).ToImmutableArray();
            return modules.All(module => module.Folder.Length == 0 || RepositoryPath.IsSafe(module.Folder)) ? modules : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static ModelModule Of(JsonElement element)
    {
        var type = element.GetProperty("type").GetString() ?? "";
        var folder = element.TryGetProperty("path", out var path) ? path.GetString() ?? "" : "";
        return new(type[(type.LastIndexOf('.') + 1)..], folder.Trim('/'));
    }
}
