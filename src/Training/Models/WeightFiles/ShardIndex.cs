using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Training.Models.WeightFiles;

/// <summary>model.safetensors.index.json: which of several files each tensor is in.</summary>
/// <param name="FileOf">Full path of the file of each tensor.</param>
internal sealed record ShardIndex(ImmutableSortedDictionary<string, string> FileOf)
{
    /// <summary>How the name of an index ends.</summary>
    public const string Suffix = ".index.json";

    private const int MaxFiles = 1000;

    /// <summary>The files, each once.</summary>
    public ImmutableArray<string> Files { get; } = [.. FileOf.Values.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Reads an index.</summary>
    /// <exception cref="ModelFormatException">It is damaged or too large, or names a file that is not there or not in its folder.</exception>
    public static ShardIndex Read(string path)
    {
        var map = JsonFile.Read(path).Value("weight_map");
        if (map is not { ValueKind: JsonValueKind.Object } files || !files.EnumerateObject().Any())
            throw new ModelFormatException(path, "weight_map does not name a file for each tensor");
        var folder = Path.GetDirectoryName(path)!;
        var byName = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in files.EnumerateObject())
            byName[entry.Name] = Path.Combine(folder, FileName(path, entry.Value));
        var index = new ShardIndex(byName.ToImmutable());
        if (index.Files.Length > MaxFiles)
            throw new ModelFormatException(path, $"more than {MaxFiles} files");
        return index.Files.FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? throw new ModelFormatException(path, $"{Path.GetFileName(missing)} is not there")
            : index;
    }

    private static string FileName(string path, JsonElement value)
        => value.ValueKind == JsonValueKind.String && value.GetString() is { } name && name.EndsWith(".safetensors", StringComparison.Ordinal)
            && !name.AsSpan().ContainsAny('/', '\\', '\0')
                ? name
                : throw new ModelFormatException(path, $"a tensor's file is {value}; a .safetensors file of the same folder was expected");
}
