using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>Lengths, lower-casing, poolings and prompts in the spellings of all versions.</summary>
public sealed class FolderSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    // 64 tokens by tokenizer_config.json, 130 positions.
    public FolderSettingsTests() => _model = _folder.Copy(new FamilyReference("bert-variants/prompts").Folder, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("64", null, 64)]
    [InlineData("64", "40", 40)]
    [InlineData("64", "500", 130)]  // the peer takes 500, and fails at the first text that is so long
    [InlineData("64", "null", 64)]
    [InlineData("1000000000000000019884624838656", null, 130)]
    [InlineData("1e30", null, 130)]
    [InlineData("null", null, 130)]
    public void MaxTokens_OfTokenizerAndTransformer_AreTheTransformersUpToThePositions(string ofTokenizer, string? ofTransformer, int expected)
    {
        Change("tokenizer_config.json", json => json["model_max_length"] = JsonNode.Parse(ofTokenizer));
        if (ofTransformer is not null)
            Change("sentence_bert_config.json", json => json["max_seq_length"] = JsonNode.Parse(ofTransformer));

        using var model = EmbeddingModel.Load(_model);

        Assert.Equal(expected, model.MaxTokens);
    }

    [Fact]
    public void Tokenize_LowerCasedByTheTransformerSettings_IsThatOfTheLowerCasedText()
    {
        Change("tokenizer_config.json", json => json["do_lower_case"] = false);
        using var cased = EmbeddingModel.Load(_model);
        Change("sentence_bert_config.json", json => json["do_lower_case"] = true);
        using var lowered = EmbeddingModel.Load(_model);

        Assert.Equal(cased.Tokenize("the cat"), lowered.Tokenize("The CAT"));
        Assert.NotEqual(cased.Tokenize("The CAT"), lowered.Tokenize("The CAT"));
        Assert.Equal(cased.Tokenize("[SEP] the cat"), lowered.Tokenize("[SEP] The CAT"));
    }

    [Theory]
    [InlineData("""{"pooling_mode": "max"}""", new[] { PoolingMode.Max })]
    [InlineData("""{"pooling_mode": ["lasttoken", "cls"]}""", new[] { PoolingMode.LastToken, PoolingMode.Cls })]
    [InlineData("""{"pooling_mode": ["mean"]}""", new[] { PoolingMode.Mean })]
    [InlineData("""{"pooling_mode_lasttoken": true, "pooling_mode_max_tokens": true, "pooling_mode_cls_token": true}""", new[] { PoolingMode.Cls, PoolingMode.Max, PoolingMode.LastToken })]
    [InlineData("""{"pooling_mode_mean_tokens": true, "pooling_mode_mean_sqrt_len_tokens": true}""", new[] { PoolingMode.Mean, PoolingMode.MeanSqrtLength })]
    [InlineData("""{"pooling_mode_mean_tokens": false, "pooling_mode_weightedmean_tokens": true}""", new[] { PoolingMode.WeightedMean })]
    [InlineData("""{"pooling_mode_mean_tokens": false, "word_embedding_dimension": 32}""", new[] { PoolingMode.Mean })]
    [InlineData("""{"pooling_mode": "cls", "pooling_mode_max_tokens": true}""", new[] { PoolingMode.Cls })]
    public void Poolings_InEachSpelling_AreInThePeersOrder(string config, PoolingMode[] expected)
    {
        File.WriteAllText(Path.Combine(_model, "1_Pooling", "config.json"), config);

        using var model = EmbeddingModel.Load(_model);

        Assert.Equal(expected, model.Encoder.Poolings);
        Assert.Equal(32 * expected.Length, model.Encoder.Dim);
    }

    [Fact]
    public void TokensNotPooled_PromptIncluded_AreNone()
    {
        Change("1_Pooling/config.json", json => json.Remove("include_prompt"));

        using var model = EmbeddingModel.Load(_model);

        Assert.Equal(0, model.TokensNotPooled("query: "));
    }

    [Fact]
    public void TokensNotPooled_PromptLongerThanTheRoom_LeavesTheSeparator()
    {
        using var model = EmbeddingModel.Load(_model, new ModelOptions { MaxTokens = 4 });

        Assert.Equal((3, 4), (model.TokensNotPooled("a long prompt it is: "), model.Tokenize("text", "a long prompt it is: ").Length));
    }

    [Theory]
    [InlineData("""{"prompts": {"query": "q: ", "passage": "p: "}}""", "", "q: ", "")]
    [InlineData("""{"prompts": {"document": "d: ", "passage": "p: "}, "default_prompt_name": "passage"}""", "p: ", "", "d: ")]
    [InlineData("""{"prompts": {"query": null}, "default_prompt_name": null}""", "", "", "")]
    [InlineData("{}", "", "", "")]
    [InlineData("""{"default_prompt_name": "document"}""", "", "", "")]
    public void Prompts_OfFolders_AreLookedUpAsThePeerDoes(string settings, string none, string query, string document)
    {
        File.WriteAllText(Path.Combine(_model, "config_sentence_transformers.json"), settings);

        using var model = EmbeddingModel.Load(_model);

        Assert.Equal((none, query, document), (model.Prompt(name: null), model.QueryPrompt, model.DocumentPrompt));
    }

    [Fact]
    public void Prompt_UnknownName_IsRefusedWithTheKnownOnes()
    {
        using var model = EmbeddingModel.Load(_model);
        using var fresh = EmbeddingModel.Create(new ModelOptions { New = new NewModelOptions { Vocabulary = ReferenceData.PathOf("encoder", "mini-mean", "vocab.txt"), HiddenSize = 32 } }, seed: 1);

        Assert.Equal("query: ", model.Prompt("query"));
        Assert.Equal(
            $"{Path.Combine(_model, "config_sentence_transformers.json")}: no prompt has the name 'clustering'; the names are document, query",
            Assert.Throws<ModelFormatException>(() => model.Prompt("clustering")).Message);
        Assert.Equal("the new model: no prompt has the name 'clustering'; the names are document, query", Assert.Throws<ModelFormatException>(() => fresh.Prompt("clustering")).Message);
    }

    [Fact]
    public void Prompt_FolderWithoutPrompts_NamesTheFolder()
    {
        File.Delete(Path.Combine(_model, "config_sentence_transformers.json"));
        using var model = EmbeddingModel.Load(_model);

        Assert.Equal(_model, Assert.Throws<ModelFormatException>(() => model.Prompt("clustering")).Path);
    }

    private void Change(string file, Action<JsonObject> change)
    {
        var path = Path.Combine(_model, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
