using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>What a folder said goes back as it was read.</summary>
public sealed class SavedFolderTests : IDisposable
{
    private const string Dense = "bert-variants/dense";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Families => [.. FamilyReference.All];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Families))]
    public void Save_LoadedSavedAndLoadedAgain_WritesTheSameBytes(string name)
    {
        var reference = new FamilyReference(name);
        using (var model = EmbeddingModel.Load(reference.Folder))
            model.Save(_folder.PathOf("first"), "# Card\n");
        using (var model = EmbeddingModel.Load(_folder.PathOf("first")))
            model.Save(_folder.PathOf("second"), "# Card\n");

        var (first, second) = (Files("first"), Files("second"));
        Assert.Equal(first.Keys, second.Keys);
        Assert.All(first, file => Assert.Equal(file.Value, second[file.Key]));
    }

    [Theory, MemberData(nameof(Families))]
    public void Save_LoadedModel_WritesWhatItReadButForHalfPrecision(string name)
    {
        var reference = new FamilyReference(name);
        using (var model = EmbeddingModel.Load(reference.Folder))
            model.Save(_folder.PathOf("saved"), "");
        var (read, saved) = (ModelFolderFiles.Of(reference.Folder), Files("saved"));
        var isHalf = JsonNode.Parse(read["config.json"])!["dtype"]?.GetValue<string>() != "float32";
        var changed = (string file) => file.EndsWith(".safetensors", StringComparison.Ordinal) || file is "config.json";

        Assert.Equal(
            read.Keys.Where(file => !file.Contains("model-0", StringComparison.Ordinal) && !file.EndsWith("index.json", StringComparison.Ordinal))
                .Union(["README.md", "model.safetensors"]).Order(StringComparer.Ordinal),
            saved.Keys);
        Assert.All(read.Where(file => saved.ContainsKey(file.Key) && !(isHalf && changed(file.Key))), file => Assert.Equal(file.Value, saved[file.Key]));
        Assert.Equal("float32", JsonNode.Parse(saved["config.json"])!["dtype"]!.GetValue<string>());
    }

    [Fact]
    public void Save_PublishedModel_WritesWhatItRead()
    {
        var published = PublishedModels.PathOrSkip(PublishedModels.MiniLM);
        using (var model = EmbeddingModel.Load(published))
            model.Save(_folder.PathOf("saved"), "");
        var saved = Files("saved");

        foreach (var (file, content) in ModelFolderFiles.Of(published).Where(file => file.Key is not ("README.md" or "model.safetensors")))
            Assert.Equal(content, saved[file]);
        Assert.Contains("2_Normalize/config.json", saved.Keys); // named by modules.json, and not there
        using var again = EmbeddingModel.Load(_folder.PathOf("saved"));
        Assert.Equal((256, 384, true), (again.MaxTokens, again.Dim, again.Encoder.Normalizes));
    }

    [Fact]
    public void Save_OlderSpelling_StaysAsItWas()
    {
        var source = _folder.Copy(ReferenceData.PathOf("encoder", "mini-mean"), "source");
        _folder.Copy(ReferenceData.PathOf("encoder", "legacy-config"), "source");

        using (var model = EmbeddingModel.Load(source))
            model.Save(_folder.PathOf("saved"), "");

        var (read, saved) = (Files("source"), Files("saved"));
        foreach (var file in (string[])["modules.json", "sentence_bert_config.json", "1_Pooling/config.json", "config_sentence_transformers.json", "config.json"])
            Assert.Equal(read[file], saved[file]);
    }

    [Fact]
    public void Save_OldestLayoutWithTheTransformerInAFolder_StaysAsItWas()
    {
        var source = _folder.Copy(ReferenceData.PathOf("encoder", "mini-cls-norm"), "source");
        Directory.CreateDirectory(Path.Combine(source, "0_Transformer"));
        foreach (var file in (string[])["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"])
            File.Move(Path.Combine(source, file), Path.Combine(source, "0_Transformer", file));
        File.Delete(Path.Combine(source, "sentence_bert_config.json"));
        File.WriteAllText(Path.Combine(source, "0_Transformer", "sentence_roberta_config.json"), """{"max_seq_length": 17, "do_lower_case": false}""");
        var modules = Path.Combine(source, "modules.json");
        File.WriteAllText(modules, File.ReadAllText(modules).Replace("\"path\": \"\"", "\"path\": \"0_Transformer\"", StringComparison.Ordinal));

        using (var model = EmbeddingModel.Load(source))
        {
            Assert.Equal(17, model.MaxTokens);
            model.Save(_folder.PathOf("saved"), "");
        }

        var (read, saved) = (Files("source"), Files("saved"));
        Assert.Equal(read.Keys.Append("README.md").Order(StringComparer.Ordinal), saved.Keys);
        Assert.All(read, file => Assert.Equal(file.Value, saved[file.Key]));
    }

    [Fact]
    public void Save_PlainHuggingFaceFolder_WritesWhatPythonNeeds()
    {
        var source = _folder.PathOf("source");
        Directory.CreateDirectory(source);
        foreach (var file in (string[])["config.json", "model.safetensors", "vocab.txt"])
            File.Copy(ReferenceData.PathOf("encoder", "mini-mean", file), Path.Combine(source, file));

        using (var model = EmbeddingModel.Load(source, new ModelOptions { Pooling = PoolingMode.WeightedMean, Normalize = true, MaxTokens = 40 }))
            model.Save(_folder.PathOf("saved"), "");
        using var again = EmbeddingModel.Load(_folder.PathOf("saved"));

        Assert.Equal(
            [
                "1_Pooling/config.json", "2_Normalize/config.json", "README.md", "config.json", "config_sentence_transformers.json", "model.safetensors", "modules.json",
                "sentence_bert_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
            ],
            Files("saved").Keys);
        Assert.Equal([PoolingMode.WeightedMean], again.Encoder.Poolings);
        Assert.Equal((true, 40), (again.Encoder.Normalizes, again.MaxTokens));
    }

    [Theory]
    [InlineData(PoolingMode.Cls, "\"cls\"")]
    [InlineData(PoolingMode.MeanSqrtLength, "\"mean_sqrt_len_tokens\"")]
    public void Save_PoolingOfTheJobInTheNewerSpelling_ReplacesTheName(PoolingMode pooling, string stored)
    {
        var saved = Save(Dense, new ModelOptions { Pooling = pooling });

        var json = JsonNode.Parse(saved["1_Pooling/config.json"])!.AsObject();
        Assert.Equal(["embedding_dimension", "pooling_mode", "include_prompt"], json.Select(pair => pair.Key));
        Assert.Equal(stored, json["pooling_mode"]!.ToJsonString());
    }

    [Fact]
    public void Save_PoolingOfTheJobInTheOlderSpelling_SetsTheFlags()
    {
        var source = _folder.Copy(ReferenceData.PathOf("encoder", "mini-mean"), "source");
        _folder.Copy(ReferenceData.PathOf("encoder", "legacy-config"), "source");
        using (var model = EmbeddingModel.Load(source, new ModelOptions { Pooling = PoolingMode.LastToken }))
            model.Save(_folder.PathOf("saved"), "");
        using var again = EmbeddingModel.Load(_folder.PathOf("saved"));

        Assert.Equal([PoolingMode.LastToken], again.Encoder.Poolings);
        var json = JsonNode.Parse(Files("saved")["1_Pooling/config.json"])!.AsObject();
        Assert.Equal(["pooling_mode_lasttoken"], json.Where(pair => pair.Value!.GetValueKind() is JsonValueKind.True).Select(pair => pair.Key));
    }

    [Fact]
    public void Save_NormalizeOfTheJob_AddsOrRemovesTheModule()
    {
        var without = Save(Dense, new ModelOptions { Normalize = false });
        var with = Save("bert-variants/lasttoken", new ModelOptions { Normalize = true });

        Assert.Equal(["Transformer", "Pooling", "Dense"], Modules(without));
        Assert.DoesNotContain("3_Normalize/config.json", without.Keys);
        Assert.Equal(["Transformer", "Pooling", "Normalize"], Modules(with));
        Assert.Equal("sentence_transformers.base.modules.normalize.Normalize", JsonNode.Parse(with["modules.json"])![2]!["type"]!.GetValue<string>());
        Assert.Contains("2_Normalize/config.json", with.Keys);
    }

    [Fact]
    public void Save_LengthOfTheJob_StandsWhereTheFolderHadIt()
    {
        var newer = Save(Dense, new ModelOptions { MaxTokens = 33 });
        var source = _folder.Copy(ReferenceData.PathOf("encoder", "mini-mean"), "source");
        _folder.Copy(ReferenceData.PathOf("encoder", "legacy-config"), "source");
        using (var model = EmbeddingModel.Load(source, new ModelOptions { MaxTokens = 33 }))
            model.Save(_folder.PathOf("older"), "");

        Assert.Equal(33, JsonNode.Parse(newer["tokenizer_config.json"])!["model_max_length"]!.GetValue<int>());
        Assert.Null(JsonNode.Parse(newer["sentence_bert_config.json"])!["max_seq_length"]);
        Assert.Equal(33, JsonNode.Parse(Files("older")["sentence_bert_config.json"])!["max_seq_length"]!.GetValue<int>());
        Assert.Equal(Files("source")["tokenizer_config.json"], Files("older")["tokenizer_config.json"]);
    }

    private static IEnumerable<string> Modules(SortedDictionary<string, byte[]> saved)
        => JsonNode.Parse(saved["modules.json"])!.AsArray().Select(module => module!["type"]!.GetValue<string>().Split('.')[^1]);

    private SortedDictionary<string, byte[]> Save(string name, ModelOptions options)
    {
        using (var model = EmbeddingModel.Load(new FamilyReference(name).Folder, options))
            model.Save(_folder.PathOf("saved"), "");
        EmbeddingModel.Load(_folder.PathOf("saved")).Dispose();
        return Files("saved");
    }

    private SortedDictionary<string, byte[]> Files(string name) => ModelFolderFiles.Of(_folder.PathOf(name));
}
