using System.Text.Json.Nodes;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>A copy of a stored model's folder that a test damages.</summary>
internal sealed class ChangedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ChangedFolder(string name) => Path = _folder.Copy(ReferenceData.PathOf("families", name, "model"), "model");

    public string Path { get; }

    public string Config => PathOf("config.json");

    public string Weights => PathOf("model.safetensors");

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    public void Dispose() => _folder.Dispose();

    /// <summary>Changes a JSON file.</summary>
    public void Change(string file, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(PathOf(file)))!.AsObject();
        change(json);
        File.WriteAllText(PathOf(file), json.ToJsonString());
    }

    public void ChangeWeights(Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (var reader = SafetensorsReader.Open(Weights))
            tensors = reader.Tensors.ToDictionary(entry => entry.Name, entry => reader.Read(entry.Name));
        change(tensors);
        SafetensorsWriter.Write(Weights, tensors);
    }

    /// <summary>Sizes of a tensor as the file has it.</summary>
    public string StoredShape(string tensor)
    {
        using var reader = SafetensorsReader.Open(Weights);
        return string.Join(", ", reader.Find(tensor)!.Shape);
    }

    /// <summary>The encoder cannot be loaded: one line, with the path and the reason.</summary>
    public void AssertRefused(string path, string reason)
    {
        var refused = Assert.Throws<ModelFormatException>(() => FamilyReference.LoadEncoder(Path));

        Assert.Equal($"{path}: {reason}", refused.Message);
    }
}
