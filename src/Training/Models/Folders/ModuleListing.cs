using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Training.Models.Folders;

/// <summary>
/// What modules.json lists: a Transformer, a Pooling, then any of the others. A plain Hugging Face folder, without the file, means mean pooling.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="IsStored">Whether the file is there.</param>
/// <param name="Transformer">Folder of the transformer inside the model's folder: empty but in the oldest models.</param>
/// <param name="Pooling">The pooling.</param>
/// <param name="Others">The modules behind it.</param>
internal sealed record ModuleListing(string Path, bool IsStored, string Transformer, ModuleEntry Pooling, ImmutableArray<ModuleEntry> Others)
{
    /// <summary>The file.</summary>
    public const string FileName = "modules.json";

    /// <summary>Folder of the pooling where the file is written here.</summary>
    public const string PoolingFolder = "1_Pooling";

    private const int MaxModules = 32;
    private const string Package = "sentence_transformers.";
    private static readonly ImmutableArray<string> Kinds = ["Dense", "Normalize", "Dropout", "LayerNorm"];

    /// <summary>Reads it.</summary>
    /// <exception cref="ModelFormatException">It is damaged, or lists what is not supported.</exception>
    public static ModuleListing Read(string folder)
    {
        var path = System.IO.Path.Combine(folder, FileName);
        if (JsonFile.Parse(path) is not { } list)
            return new ModuleListing(path, IsStored: false, Transformer: "", new ModuleEntry("Pooling", PoolingFolder), Others: []);
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(module => module.ValueKind != JsonValueKind.Object))
            throw new ModelFormatException(path, "a list of modules was expected");
        if (list.GetArrayLength() > MaxModules)
            throw new ModelFormatException(path, $"{list.GetArrayLength()} modules, more than {MaxModules}");
        var modules = list.EnumerateArray().Select((module, index) => Entry(new JsonFile(path, module), index)).ToImmutableArray();
        if (modules.Length < 2)
            throw new ModelFormatException(path, "Transformer and Pooling were expected");
        if (modules.CountBy(module => module.Path).FirstOrDefault(folders => folders.Value > 1) is { Value: > 1, Key: var twice })
            throw new ModelFormatException(path, $"two modules have the path '{twice}'");
        return new ModuleListing(path, IsStored: true, modules[0].Path, modules[1], modules[2..]);
    }

    private static ModuleEntry Entry(JsonFile module, int index)
    {
        var type = module.Text("type") ?? throw new ModelFormatException(module.Path, "a module has no type");
        var kind = type[(type.LastIndexOf('.') + 1)..];
        var isInPlace = index switch { 0 => kind == "Transformer", 1 => kind == "Pooling", _ => Kinds.Contains(kind) };
        return isInPlace && type.StartsWith(Package, StringComparison.Ordinal)
            ? new ModuleEntry(kind, FolderOf(module))
            : throw new ModelFormatException(
                module.Path, $"module {index} is {type}; a Transformer, a Pooling, then any of {string.Join(", ", Kinds)} of {Package[..^1]} are supported");
    }

    private static string FolderOf(JsonFile module)
    {
        var path = module.Text("path") ?? "";
        var parts = path.Split('/').Where(part => part is not ("" or ".")).ToArray();
        return path.StartsWith('/') || parts.Contains("..") || path.Any(character => character is '\\' or ':' || char.IsControl(character))
            ? throw new ModelFormatException(module.Path, $"a module's path is {path}; a subfolder was expected")
            : string.Join('/', parts);
    }
}

/// <summary>A module of the list.</summary>
/// <param name="Kind">Its class: Dense.</param>
/// <param name="Path">Folder of its files inside the model's folder.</param>
internal sealed record ModuleEntry(string Kind, string Path);
