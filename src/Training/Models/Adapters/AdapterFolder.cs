using Distributed.Training.Models.Folders;
using Distributed.Training.Models.WeightFiles;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Adapters;

/// <summary>An adapter in PEFT's format: adapter_config.json and adapter_model.safetensors, in a folder of their own or in that of a sentence-transformers model.</summary>
internal static class AdapterFolder
{
    /// <summary>The adapters' matrices.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";
    private const string DownName = ".lora_A.weight";
    private const string UpName = ".lora_B.weight";

    /// <summary>Reads an adapter onto an encoder, which is frozen by it.</summary>
    /// <exception cref="ModelFormatException">Something is missing, damaged, not supported, or does not fit the encoder.</exception>
    public static LoraAdapter Read(string folder, SentenceEncoder encoder)
    {
        if (!Directory.Exists(folder))
            throw new ModelFormatException(folder, "no such folder");
        var place = Path.Combine(folder, ModuleListing.Read(folder).Transformer);
        var config = AdapterConfigFile.Read(place);
        var path = Path.Combine(place, WeightsFile);
        if (!File.Exists(path))
            throw new ModelFormatException(place, $"no {WeightsFile}{(File.Exists(Path.Combine(place, "adapter_model.bin")) ? "; pickled weights (adapter_model.bin) are not supported" : "")}");
        try
        {
            using var reader = SafetensorsReader.Open(path);
            var names = Check(reader, encoder, config, path);
            var adapter = LoraAdapter.Attach(encoder, names, config);
            foreach (var (name, matrix) in Matrices(adapter))
                Fill(matrix, reader, name, path);
            return adapter.WithFile(File.ReadAllBytes(Path.Combine(place, AdapterConfigFile.Name)));
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(path, failure.Reason, failure);
        }
    }

    /// <summary>adapter_config.json of an adapter: as it was read, if it was read.</summary>
    public static byte[] ConfigOf(LoraAdapter adapter, SentenceEncoder encoder, BaseModel baseModel)
        => adapter.ConfigFile ?? AdapterConfigFile.Write(adapter.Config, Targets(adapter, encoder), baseModel);

    /// <summary>The adapters' matrices under PEFT's names.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Matrices(LoraAdapter adapter) => adapter.Maps.SelectMany(map => new[]
    {
        KeyValuePair.Create(Prefix + map.Key + DownName, (Tensor)map.Value.Update!.Down.Weight),
        KeyValuePair.Create(Prefix + map.Key + UpName, (Tensor)map.Value.Update!.Up.Weight),
    });

    /// <summary>
    /// Where the settings and modules of a model lie: with its adapter, where that is in a sentence-transformers folder, since they may have been trained or
    /// set together; else with the base model.
    /// </summary>
    /// <param name="baseFolder">Folder of the base model.</param>
    /// <param name="adapter">Folder of the adapter; null: there is none.</param>
    public static string SettingsFolder(string baseFolder, string? adapter)
        => adapter is not null && File.Exists(Path.Combine(adapter, ModuleListing.FileName)) ? adapter : baseFolder;

    /// <summary>Refuses a folder that holds an adapter in place of a model.</summary>
    /// <exception cref="ModelFormatException">It does.</exception>
    public static void RefuseAsModel(string folder)
    {
        if (File.Exists(Path.Combine(folder, AdapterConfigFile.Name)) && !File.Exists(Path.Combine(folder, ModelFiles.WeightsFile)))
            throw new ModelFormatException(folder, "a LoRA adapter, not a whole model: `distributed merge` adds it to its base model");
    }

    private static void Fill(Tensor matrix, SafetensorsReader reader, string name, string path)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        matrix.copy_(reader.Read(name));
        StoredTensor.RequireFinite(matrix, name, path);
    }

    // The names of the maps, once it is sure that nothing is missing, left over or of another shape.
    private static List<string> Check(SafetensorsReader reader, SentenceEncoder encoder, LoraConfig config, string path)
    {
        var maps = LoraAdapter.LinearMaps(encoder);
        var names = new List<string>();
        foreach (var entry in reader.Tensors)
        {
            var isDown = entry.Name.EndsWith(DownName, StringComparison.Ordinal);
            if (!entry.Name.StartsWith(Prefix, StringComparison.Ordinal) || !(isDown || entry.Name.EndsWith(UpName, StringComparison.Ordinal)))
                throw new ModelFormatException(path, $"tensor {entry.Name} is none of a LoRA adapter: {Prefix}…{DownName} or {UpName} was expected");
            var name = entry.Name[Prefix.Length..^(isDown ? DownName : UpName).Length];
            if (!maps.TryGetValue(name, out var map))
                throw new ModelFormatException(path, $"tensor {entry.Name}: the model has no linear map {name}");
            long[] expected = isDown ? [config.Rank, map.Weight.shape[1]] : [map.Weight.shape[0], config.Rank];
            if (!entry.Shape.AsSpan().SequenceEqual(expected))
                throw new ModelFormatException(path, $"tensor {entry.Name} has the shape [{string.Join(", ", entry.Shape)}], [{string.Join(", ", expected)}] was expected");
            StoredTensor.RequireFloatingPoint(path, entry);
            if (isDown)
                names.Add(name);
        }

        if (reader.Tensors.Length != 2 * names.Count || names.Exists(name => reader.Find(Prefix + name + UpName) is null))
            throw new ModelFormatException(path, "a lora_A has no lora_B, or a lora_B no lora_A");
        return names.Count > 0 ? names : throw new ModelFormatException(path, "there is no adapter in it");
    }

    // Short names where they say the same. The library's BERT has a pooler besides, whose map is called dense.
    private static IEnumerable<string> Targets(LoraAdapter adapter, SentenceEncoder encoder)
    {
        var last = adapter.Maps.Keys.Select(LastPart).ToHashSet(StringComparer.Ordinal);
        var isWhole = !last.Contains("dense") && LoraAdapter.LinearMaps(encoder).Keys.Count(name => last.Contains(LastPart(name))) == adapter.Maps.Count;
        return isWhole ? last.Order(StringComparer.Ordinal) : adapter.Maps.Keys;
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
