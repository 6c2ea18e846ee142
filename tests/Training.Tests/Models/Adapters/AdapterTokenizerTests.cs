using System.Text.Json;
using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;

namespace Distributed.Training.Tests.Models.Adapters;

/// <summary>
/// A base that leaves it to config.json which tokenizer it has: its adapter's folder has no config.json, and still gives the same ids, here and in Python.
/// </summary>
public sealed class AdapterTokenizerTests : IDisposable
{
    private static readonly string[] Texts = ["The CAT sat on a Café", "", "de l'eau  ﬁne, 日本語 <mask> [MASK]", "İSTANBUL\tß"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // What tokenizer.json says is not what the class makes of tokenizer_config.json: whoever obeys the file is found out.
    [Theory]
    [InlineData("encoder/mini-mean", "do_lower_case", false, "BertTokenizer")]
    [InlineData("families/mpnet/model", "do_lower_case", false, "MPNetTokenizer")]
    [InlineData("families/roberta/model", "add_prefix_space", true, "RobertaTokenizer")]
    [InlineData("families/xlm-r/model", "add_prefix_space", false, "XLMRobertaTokenizer")]
    public void Load_BaseWithoutATokenizerClass_AdapterAndMergedModelGiveItsIds(string name, string key, bool value, string tokenizerClass)
    {
        var folder = BaseWithoutClass(name, settings => settings[key] = value);
        var expected = Ids(folder);
        Assert.NotEqual(Ids(ReferenceData.PathOf(name.Split('/'))), expected);

        SaveAdapterAndMerged(folder);

        Assert.Equal(expected, Ids(folder, _folder.PathOf("adapter")));
        Assert.Equal(expected, Ids(_folder.PathOf("merged")));
        Assert.Equal(tokenizerClass, ClassIn("adapter"));
        Assert.Equal(expected, AfterTheNextRound(folder));
    }

    // As an earlier version, or another program, may have left it.
    [Theory]
    [InlineData("encoder/mini-mean", "do_lower_case", false)]
    [InlineData("families/xlm-r/model", "add_prefix_space", false)]
    public void Load_AdapterThatNamesNoClass_TakesTheBases(string name, string key, bool value)
    {
        var folder = BaseWithoutClass(name, settings => settings[key] = value);
        SaveAdapterAndMerged(folder);
        Change(_folder.PathOf("adapter", "tokenizer_config.json"), settings => settings.Remove("tokenizer_class"));

        Assert.Equal(Ids(folder), Ids(folder, _folder.PathOf("adapter")));
    }

    [Theory]
    [InlineData("encoder/mini-mean", "BertTokenizer", "tokenizer.json")]
    [InlineData("families/xlm-r/model", "XLMRobertaTokenizer", "tokenizer.json")]
    [InlineData("encoder/mini-mean", "BertTokenizer", "tokenizer_config.json")]
    [InlineData("families/modernbert/model", "PreTrainedTokenizerFast", "tokenizer_config.json")]
    public void SaveAdapter_BaseThatLacksATokenizerFile_NamesTheClass(string name, string tokenizerClass, string missing)
    {
        var folder = BaseWithoutClass(name, _ => { });
        File.Delete(Path.Combine(folder, missing));
        var expected = Ids(folder);

        SaveAdapterAndMerged(folder);

        Assert.Equal(tokenizerClass, ClassIn("adapter"));
        Assert.Equal(expected, Ids(folder, _folder.PathOf("adapter")));
        Assert.Equal(expected, Ids(_folder.PathOf("merged")));
    }

    private string BaseWithoutClass(string name, Action<JsonObject> change)
    {
        var folder = _folder.Copy(ReferenceData.PathOf(name.Split('/')), "base");
        Change(Path.Combine(folder, "tokenizer_config.json"), settings =>
        {
            settings.Remove("tokenizer_class");
            change(settings);
        });
        return folder;
    }

    private void SaveAdapterAndMerged(string folder)
    {
        using (var model = EmbeddingModel.Load(folder))
        {
            model.Adapter = LoraAdapter.Create(model.Encoder, new LoraOptions(), seed: 5);
            model.SaveAdapter(_folder.PathOf("adapter"), "", new BaseModel("base", null));
        }

        using var again = EmbeddingModel.Load(folder, new ModelOptions { Adapter = _folder.PathOf("adapter") });
        again.Save(_folder.PathOf("merged"), "");
    }

    private int[][] AfterTheNextRound(string folder)
    {
        using (var model = EmbeddingModel.Load(folder, new ModelOptions { Adapter = _folder.PathOf("adapter") }))
            model.SaveAdapter(_folder.PathOf("next"), "", new BaseModel("base", null));
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("adapter", "tokenizer_config.json")), File.ReadAllBytes(_folder.PathOf("next", "tokenizer_config.json")));
        return Ids(folder, _folder.PathOf("next"));
    }

    private string? ClassIn(string name)
    {
        if (!File.Exists(_folder.PathOf(name, "tokenizer_config.json")))
            return null;
        using var settings = JsonDocument.Parse(File.ReadAllBytes(_folder.PathOf(name, "tokenizer_config.json")));
        return settings.RootElement.TryGetProperty("tokenizer_class", out var tokenizerClass) ? tokenizerClass.GetString() : null;
    }

    private static int[][] Ids(string folder, string? adapter = null)
    {
        using var model = EmbeddingModel.Load(folder, new ModelOptions { Adapter = adapter });
        return [.. Texts.Select(model.Tokenize)];
    }

    private static void Change(string path, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
