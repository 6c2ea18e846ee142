using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Models.WeightFiles;

/// <summary>The tensors of a model folder, in one safetensors file or in several with an index. Opened, only the headers have been read.</summary>
internal sealed class StoredWeights : IDisposable
{
    private readonly Dictionary<string, Shard> _byName = new(StringComparer.Ordinal);
    private readonly List<Shard> _shards = [];

    private StoredWeights(string path, IEnumerable<string> files)
    {
        Path = path;
        try
        {
            foreach (var file in files)
                Add(new Shard(file, Reading(() => SafetensorsReader.Open(file))));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file, or the index of several.</summary>
    public string Path { get; }

    /// <summary>Names of all tensors.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Opens a safetensors file or an index.</summary>
    /// <exception cref="ModelFormatException">The index is damaged, or does not agree with its files; or a file is no safetensors file, or a damaged one.</exception>
    public static StoredWeights Open(string path)
    {
        if (!path.EndsWith(ShardIndex.Suffix, StringComparison.Ordinal))
            return new StoredWeights(path, [path]);
        var index = ShardIndex.Read(path);
        var weights = new StoredWeights(path, index.Files);
        foreach (var (name, file) in index.FileOf.Where(entry => !weights._byName.TryGetValue(entry.Key, out var shard) || shard.Path != entry.Value))
        {
            weights.Dispose();
            throw new ModelFormatException(path, $"tensor {name} is not in {System.IO.Path.GetFileName(file)}, where the index has it");
        }

        return weights;
    }

    /// <summary>The file that holds a tensor.</summary>
    public string PathOf(string name) => _byName[name].Path;

    /// <summary>What a file's header says of a tensor, null if there is none.</summary>
    public SafetensorsEntry? Find(string name) => _byName.TryGetValue(name, out var shard) ? shard.Reader.Find(name) : null;

    /// <summary>A new CPU tensor with the stored values, in the stored type.</summary>
    /// <exception cref="ModelFormatException">The file has been cut meanwhile.</exception>
    public Tensor Read(string name) => Reading(() => _byName[name].Reader.Read(name));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards)
            shard.Reader.Dispose();
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(failure.Path, failure.Reason, failure);
        }
    }

    private void Add(Shard shard)
    {
        _shards.Add(shard);
        if (_byName.Count + shard.Reader.Tensors.Length > SafetensorsHeader.MaxTensors)
            throw new ModelFormatException(Path, $"more than {SafetensorsHeader.MaxTensors} tensors");
        foreach (var name in shard.Reader.Tensors.Select(tensor => tensor.Name))
        {
            if (!_byName.TryAdd(name, shard))
                throw new ModelFormatException(Path, $"tensor {name} is in {System.IO.Path.GetFileName(_byName[name].Path)} and in {System.IO.Path.GetFileName(shard.Path)}");
        }
    }

    private sealed record Shard(string Path, SafetensorsReader Reader);
}
