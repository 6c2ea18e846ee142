using System.Text.Json.Nodes;
using Distributed.Training.Models;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>Weights in several files: what an index and its files can disagree about.</summary>
public sealed class ShardedWeightsTests : IDisposable
{
    private const string IndexFile = "model.safetensors.index.json";
    private const string Words = "embeddings.word_embeddings.weight";

    private readonly ChangedFolder _folder = new("bert-variants/sharded");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_MissingFile_NamesIt()
    {
        File.Delete(_folder.PathOf("model-00002-of-00003.safetensors"));

        AssertRefused("model-00002-of-00003.safetensors is not there");
    }

    [Fact]
    public void Load_TensorNotInItsFile_NamesBoth()
    {
        ChangeMap(map => map[Words] = "model-00003-of-00003.safetensors");

        AssertRefused($"tensor {Words} is not in model-00003-of-00003.safetensors, where the index has it");
    }

    [Fact]
    public void Load_TensorNowhere_NamesIt()
    {
        ChangeMap(map => map["encoder.layer.9.x"] = "model-00003-of-00003.safetensors");

        AssertRefused("tensor encoder.layer.9.x is not in model-00003-of-00003.safetensors, where the index has it");
    }

    [Theory]
    [InlineData("\"../model-00001-of-00003.safetensors\"", "../model-00001-of-00003.safetensors")]
    [InlineData("\"/etc/model.safetensors\"", "/etc/model.safetensors")]
    [InlineData("\"..\\\\model.safetensors\"", "..\\model.safetensors")]
    [InlineData("\"pytorch_model.bin\"", "pytorch_model.bin")]
    [InlineData("3", "3")]
    public void Load_FileElsewhere_IsRefused(string value, string shown)
    {
        ChangeMap(map => map[Words] = JsonNode.Parse(value));

        AssertRefused($"a tensor's file is {shown}; a .safetensors file of the same folder was expected");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"weight_map\": {}}")]
    [InlineData("{\"weight_map\": [1]}")]
    public void Load_NoMap_SaysSo(string json)
    {
        File.WriteAllText(_folder.PathOf(IndexFile), json);

        AssertRefused("weight_map does not name a file for each tensor");
    }

    [Fact]
    public void Load_TensorInTwoFiles_NamesThem()
    {
        File.Copy(_folder.PathOf("model-00001-of-00003.safetensors"), _folder.PathOf("model-00004-of-00004.safetensors"));
        ChangeMap(map => map["other"] = "model-00004-of-00004.safetensors");

        AssertRefused($"tensor {Words} is in model-00001-of-00003.safetensors and in model-00004-of-00004.safetensors");
    }

    [Fact]
    public void Load_TruncatedFile_NamesIt()
    {
        var path = _folder.PathOf("model-00002-of-00003.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);

        var refused = Assert.Throws<ModelFormatException>(() => FamilyReference.LoadEncoder(_folder.Path));

        Assert.StartsWith($"{path}: truncated: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WrongShape_NamesTheTensorsFile()
    {
        _folder.Change("config.json", config => config["vocab_size"] = 1601);

        _folder.AssertRefused(_folder.PathOf("model-00001-of-00003.safetensors"), $"tensor {Words} has the shape [1600, 32], config.json asks for [1601, 32]");
    }

    private void ChangeMap(Action<JsonObject> change) => _folder.Change(IndexFile, index => change(index["weight_map"]!.AsObject()));

    private void AssertRefused(string reason) => _folder.AssertRefused(_folder.PathOf(IndexFile), reason);
}
