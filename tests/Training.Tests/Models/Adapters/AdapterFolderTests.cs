using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Adapters;

public sealed class AdapterFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SaveAdapter_WritesPeftsFiles()
    {
        using var model = AdapterCases.Load(new LoraOptions { Rank = 4, Alpha = 16, Dropout = 0.1 });

        model.SaveAdapter(_folder.PathOf("a"), "# A card\n", new BaseModel("sentence-transformers/mini", "v1"));

        using var reader = SafetensorsReader.Open(_folder.PathOf("a", "adapter_model.safetensors"));
        Assert.Equal(8, reader.Tensors.Length);
        Assert.Equal([4, 64], reader.Find("base_model.model.encoder.layer.0.attention.self.query.lora_A.weight")!.Shape);
        Assert.Equal([64, 4], reader.Find("base_model.model.encoder.layer.1.attention.self.value.lora_B.weight")!.Shape);
        Assert.Equal("pt", reader.Metadata["format"]);
        var config = JsonNode.Parse(File.ReadAllText(_folder.PathOf("a", "adapter_config.json")))!;
        Assert.Equal("""{"r":4,"lora_alpha":16,"lora_dropout":0.1,"peft_type":"LORA","bias":"none","target_modules":["query","value"],"use_rslora":false,"base_model_name_or_path":"sentence-transformers/mini","revision":"v1"}""",
            new JsonObject(new[] { "r", "lora_alpha", "lora_dropout", "peft_type", "bias", "target_modules", "use_rslora", "base_model_name_or_path", "revision" }
                .Select(key => KeyValuePair.Create(key, (JsonNode?)config[key]!.DeepClone()))).ToJsonString());
        Assert.True(File.Exists(_folder.PathOf("a", "modules.json")) && File.Exists(_folder.PathOf("a", "tokenizer.json")));
        Assert.False(File.Exists(_folder.PathOf("a", "config.json")) || File.Exists(_folder.PathOf("a", "model.safetensors")));
    }

    [Theory]
    [InlineData("attention.output.dense", "encoder.layer.0.attention.output.dense", "encoder.layer.1.attention.output.dense")]
    [InlineData("layer.1.attention.self.key", "encoder.layer.1.attention.self.key")]
    [InlineData("self.*", "key", "query", "value")]
    public void SaveAdapter_Targets_NameTheMapsAndNoOther(string target, params string[] expected)
    {
        using var model = AdapterCases.Load(new LoraOptions { Targets = [target] });

        model.SaveAdapter(_folder.PathOf("a"), "", new BaseModel("base", null));

        using var json = JsonDocument.Parse(File.ReadAllText(_folder.PathOf("a", "adapter_config.json")));
        Assert.Equal(expected, json.RootElement.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LoadAdapter_Saved_GivesTheSameEmbeddingsAndFiles(bool useRslora)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var model = AdapterCases.Load(AdapterCases.Everywhere with { UseRslora = useRslora });
        model.SaveAdapter(_folder.PathOf("a"), "", new BaseModel("base", null));
        using var again = EmbeddingModel.Load(AdapterCases.Folder, new ModelOptions { Dropout = 0 });

        again.LoadAdapter(_folder.PathOf("a"));
        again.SaveAdapter(_folder.PathOf("b"), "", new BaseModel("another base", null));

        Assert.Equal(0, EncoderReference.MaxDifference(
            model.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key), again.Encoder.Encode(EncoderGradients.Input(), EncoderGradients.Key)));
        Assert.All(Directory.GetFiles(_folder.PathOf("a")), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(_folder.PathOf("b", Path.GetFileName(file)))));
        Assert.Equal(Directory.GetFiles(_folder.PathOf("a")).Length, Directory.GetFiles(_folder.PathOf("b")).Length);
    }

    [Fact]
    public void Save_WithAdapters_WritesTheMergedModel()
    {
        const double Tolerance = 2e-6; // of float32: the sum W + s B A is rounded once instead of two products
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var model = AdapterCases.Load(AdapterCases.Everywhere);
        model.Save(_folder.PathOf("merged"), "");
        using var merged = EmbeddingModel.Load(_folder.PathOf("merged"));
        using var reader = SafetensorsReader.Open(_folder.PathOf("merged", "model.safetensors"));
        using var original = SafetensorsReader.Open(Path.Combine(AdapterCases.Folder, "model.safetensors"));

        Assert.Equal(original.Tensors.Select(tensor => tensor.Name), reader.Tensors.Select(tensor => tensor.Name));
        var difference = EncoderReference.MaxDifference(model.Encoder.Encode(EncoderGradients.Input(), null), merged.Encoder.Encode(EncoderGradients.Input(), null));
        Assert.InRange(difference, 0, Tolerance);
        model.Save(_folder.PathOf("again"), ""); // the model itself was left as it is
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("merged", "model.safetensors")), File.ReadAllBytes(_folder.PathOf("again", "model.safetensors")));
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"", "peft_type is IA3; only LORA is supported")]
    [InlineData("bias", "\"all\"", "bias is all; only none is supported")]
    [InlineData("use_dora", "true", "use_dora is true; it is not supported")]
    [InlineData("rank_pattern", "{\"query\": 2}", "rank_pattern is {\"query\":2}; it is not supported")]
    [InlineData("modules_to_save", "[\"pooler\"]", "modules_to_save is [\"pooler\"]; it is not supported")]
    [InlineData("use_qalora", "true", "use_qalora is true; it is not supported")]
    [InlineData("alora_invocation_tokens", "[1]", "alora_invocation_tokens is [1]; it is not supported")]
    [InlineData("init_lora_weights", "\"pissa_niter_4\"", "init_lora_weights is \"pissa_niter_4\"; only true, false and gaussian are supported: others change the base model")]
    [InlineData("init_lora_weights", "\"olora\"", "init_lora_weights is \"olora\"; only true, false and gaussian are supported: others change the base model")]
    [InlineData("r", "0", "r is 0, a whole number above 0 was expected")]
    [InlineData("r", "1073741824", "tensor base_model.model.encoder.layer.0.attention.self.query.lora_A.weight has the shape [8, 64], [1073741824, 64] was expected")]
    [InlineData("lora_dropout", "1", "lora_dropout is 1; 0 ≤ p < 1 was expected")]
    public void LoadAdapter_ConfigThatDoesNotFit_IsRefused(string key, string value, string reason)
    {
        var path = SavedAdapter();
        SetConfig(path, key, value);

        Assert.Equal(reason, Refusal(path).Reason);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("\"Gaussian\"")]
    public void LoadAdapter_StartThatLeavesTheBaseAlone_IsRead(string start)
    {
        var path = SavedAdapter();
        SetConfig(path, "init_lora_weights", start);
        using var model = EncoderReference.Load("mini-mean");

        model.LoadAdapter(path);

        Assert.NotNull(model.Adapter);
    }

    [Theory]
    [InlineData("weight", "encoder.layer.0.attention.self.query.weight", "tensor encoder.layer.0.attention.self.query.weight is none of a LoRA adapter: base_model.model.….lora_A.weight or .lora_B.weight was expected")]
    [InlineData("map", "base_model.model.encoder.layer.7.attention.self.query.lora_A.weight", "tensor base_model.model.encoder.layer.7.attention.self.query.lora_A.weight: the model has no linear map encoder.layer.7.attention.self.query")]
    [InlineData("half", "base_model.model.encoder.layer.0.attention.self.key.lora_A.weight", "a lora_A has no lora_B, or a lora_B no lora_A")]
    public void LoadAdapter_TensorWithoutPlace_IsRefused(string kind, string name, string reason)
    {
        Assert.NotEmpty(kind);
        using var scope = NewDisposeScope();
        var path = SavedAdapter();
        Rewrite(path, tensors => tensors[name] = zeros(8, 64));

        Assert.Equal(reason, Refusal(path).Reason);
    }

    [Fact]
    public void LoadAdapter_DamagedFiles_AreRefused()
    {
        using var scope = NewDisposeScope();
        var notFinite = SavedAdapter();
        Rewrite(notFinite, tensors => tensors[tensors.Keys.First()].fill_(float.NaN));
        Assert.EndsWith("holds numbers that are not finite", Refusal(notFinite).Reason, StringComparison.Ordinal);

        var empty = SavedAdapter();
        Rewrite(empty, tensors => tensors.Clear());
        Assert.Equal("there is no adapter in it", Refusal(empty).Reason);

        var cut = SavedAdapter();
        using (var file = File.OpenWrite(Path.Combine(cut, "adapter_model.safetensors")))
            file.SetLength(file.Length - 5);
        Assert.Contains("adapter_model.safetensors", Refusal(cut).Message, StringComparison.Ordinal);

        var pickled = SavedAdapter();
        File.Move(Path.Combine(pickled, "adapter_model.safetensors"), Path.Combine(pickled, "adapter_model.bin"));
        Assert.Equal("no adapter_model.safetensors; pickled weights (adapter_model.bin) are not supported", Refusal(pickled).Reason);

        Assert.Equal("no such folder", Refusal(_folder.PathOf("absent")).Reason);
        Assert.Equal("no adapter_config.json", Refusal(AdapterCases.Folder).Reason);
    }

    [Fact]
    public void Load_AdapterInPlaceOfAModel_SaysWhatToDo()
        => Assert.Equal(
            "a LoRA adapter, not a whole model: `distributed merge` adds it to its base model",
            Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(SavedAdapter())).Reason);

    private string SavedAdapter()
    {
        var path = _folder.PathOf($"{Guid.NewGuid()}");
        using var model = AdapterCases.Load(new LoraOptions { Targets = ["query"] });
        model.SaveAdapter(path, "", new BaseModel("base", null));
        return path;
    }

    private static void SetConfig(string folder, string key, string value)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
    }

    private static void Rewrite(string folder, Action<Dictionary<string, Tensor>> change)
    {
        var path = Path.Combine(folder, "adapter_model.safetensors");
        Dictionary<string, Tensor> tensors;
        using (var reader = SafetensorsReader.Open(path))
            tensors = reader.Tensors.ToDictionary(tensor => tensor.Name, tensor => reader.Read(tensor.Name));
        change(tensors);
        SafetensorsWriter.Write(path, tensors);
    }

    private static ModelFormatException Refusal(string folder)
    {
        using var model = EncoderReference.Load("mini-mean");
        return Assert.Throws<ModelFormatException>(() => model.LoadAdapter(folder));
    }
}
