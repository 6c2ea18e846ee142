using System.Text;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>Each bad folder ends in one line that names the file and what was expected.</summary>
public sealed class BadModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public BadModelFolderTests() => _model = _folder.Copy(ReferenceData.PathOf("encoder", "mini-cls-norm"), "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("config.json", "\"bert\"", "\"xlnet\"", "model_type is xlnet; one of bert, roberta, xlm-roberta, camembert, mpnet, distilbert, modernbert was expected")]
    [InlineData("config.json", "\"gelu\"", "\"silu\"", "hidden_act is silu; one of gelu, gelu_new, gelu_pytorch_tanh, relu was expected")]
    [InlineData("config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "5 attention heads do not divide hidden_size 64")]
    [InlineData("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": -2", "num_hidden_layers is -2, a whole number above 0 was expected")]
    [InlineData("config.json", "\"hidden_size\": 64,", "", "no hidden_size")]
    [InlineData("config.json", "\"hidden_dropout_prob\": 0.0", "\"hidden_dropout_prob\": 1.0", "hidden_dropout_prob is 1; 0 ≤ p < 1 was expected")]
    [InlineData("config.json", "\"hidden_size\": 64,\n", "\"hidden_size\": 64\n", "no valid JSON at line 14")]
    [InlineData(
        "modules.json", "modules.pooling.Pooling", "modules.dense.Dense",
        "module 1 is sentence_transformers.sentence_transformer.modules.dense.Dense; a Transformer, a Pooling, then any of Dense, Normalize, Dropout, LayerNorm of sentence_transformers are supported")]
    [InlineData("modules.json", "1_Pooling", "../1_Pooling", "a module's path is ../1_Pooling; a subfolder was expected")]
    [InlineData(
        "config_sentence_transformers.json",
        "\"default_prompt_name\": null,\n  \"model_type\": \"SentenceTransformer\",\n  \"prompts\": {\n    \"document\": \"\",\n    \"query\": \"\"",
        "\"default_prompt_name\": \"passage\", \"prompts\": { \"clustering\": \"cluster: \"",
        "no prompt has the name 'passage'; the names are clustering, document, query")]
    [InlineData("1_Pooling/config.json", "\"cls\"", "\"median\"", "pooling_mode is \"median\"; some of cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken were expected")]
    public void Load_ChangedFile_NamesFileAndReason(string file, string old, string changed, string reason)
    {
        var path = Path.Combine(_model, file);
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, changed, StringComparison.Ordinal));

        AssertRefused(path, reason);
    }

    [Theory]
    [InlineData("config.json", "no config.json")]
    [InlineData("model.safetensors", "no model.safetensors")]
    public void Load_MissingFile_NamesIt(string file, string reason)
    {
        File.Delete(Path.Combine(_model, file));

        AssertRefused(_model, reason);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "no model.safetensors; pickled weights (pytorch_model.bin) are not supported")]
    public void Load_WeightsInAnotherForm_NamesIt(string file, string reason)
    {
        File.Move(Path.Combine(_model, "model.safetensors"), Path.Combine(_model, file));

        AssertRefused(_model, reason);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Load_WeightThatIsNotFinite_NamesTheTensor(float value)
    {
        const string name = "encoder.layer.1.output.dense.weight";
        ChangeWeights(weights => weights[name][3, 5] = tensor(value));

        AssertRefused(Path.Combine(_model, "model.safetensors"), $"tensor {name} holds numbers that are not finite");
    }

    [Fact]
    public void Load_NoTokenizer_NamesTheFilesLookedFor()
    {
        File.Delete(Path.Combine(_model, "tokenizer.json"));
        File.Delete(Path.Combine(_model, "vocab.txt"));

        AssertRefused(_model, "neither tokenizer.json nor vocab.txt nor vocab.json nor sentencepiece.bpe.model is there");
    }

    [Fact]
    public void Load_VocabularyWithoutUnknownToken_SaysSo()
    {
        File.Delete(Path.Combine(_model, "tokenizer.json"));
        var vocabulary = Path.Combine(_model, "vocab.txt");
        File.WriteAllText(vocabulary, File.ReadAllText(vocabulary).Replace("[UNK]", "[UNKNOWN]", StringComparison.Ordinal));

        AssertRefused(vocabulary, "the vocabulary has no [UNK]");
    }

    [Theory]
    [InlineData("[UNK]")]
    [InlineData("[CLS]")]
    [InlineData("[SEP]")]
    [InlineData("[PAD]")]
    public void Create_VocabularyWithoutSpecialToken_SaysSo(string token)
    {
        var vocabulary = _folder.PathOf("vocab.txt");
        File.WriteAllLines(vocabulary, new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a" }.Where(line => line != token));

        var exception = Assert.Throws<ModelFormatException>(() => EmbeddingModel.Create(New(vocabulary), seed: 1));

        Assert.Equal($"{vocabulary}: the vocabulary has no {token}", exception.Message);
    }

    [Fact]
    public void Create_NoVocabulary_SaysSo()
        => Assert.Equal(
            $"{_folder.PathOf("none.txt")}: no such vocabulary",
            Assert.Throws<ModelFormatException>(() => EmbeddingModel.Create(New(_folder.PathOf("none.txt")), seed: 1)).Message);

    [Fact]
    public void Load_NoFolder_SaysSo()
        => Assert.Equal($"{_folder.PathOf("none")}: no such folder", Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(_folder.PathOf("none"))).Message);

    [Theory]
    [InlineData("no-such-model")]
    [InlineData("all-MiniLM-L6-v2@main")]
    public void Load_BareNameThatIsNoFolder_SaysHowTheHubCallsModels(string name)
        => Assert.Equal(
            $"{name}: no such folder; names of the hub's models have two parts: sentence-transformers/{name}?",
            Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(name)).Message);

    [Theory]
    [InlineData("./none")]
    [InlineData("a/b/c")]
    [InlineData("-")]
    public void Load_PathThatIsNoFolder_SaysNoMore(string path)
        => Assert.Equal($"{path}: no such folder", Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(path)).Message);

    [Fact]
    public void Load_TruncatedWeights_SaysSo()
    {
        var path = Path.Combine(_model, "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);

        AssertRefused(path, "truncated: 834156 bytes where the header promises 834256");
    }

    [Fact]
    public void Load_WeightOfAnotherShape_SaysSo()
    {
        ChangeWeights(tensors => tensors["embeddings.LayerNorm.bias"] = zeros(63));

        AssertRefused(Path.Combine(_model, "model.safetensors"), "tensor embeddings.LayerNorm.bias has the shape [63], config.json asks for [64]");
    }

    [Fact]
    public void Load_MissingWeight_SaysSo()
    {
        ChangeWeights(tensors => tensors.Remove("encoder.layer.1.output.dense.bias"));

        AssertRefused(Path.Combine(_model, "model.safetensors"), "no tensor encoder.layer.1.output.dense.bias");
    }

    [Fact]
    public void Load_ManyMissingAndUnknownWeights_NamesSomeAndCountsTheRest()
    {
        ChangeWeights(tensors =>
        {
            foreach (var name in tensors.Keys.Where(name => name.StartsWith("encoder.layer.1.", StringComparison.Ordinal)).ToArray())
            {
                tensors["encoder.block.1." + name["encoder.layer.1.".Length..]] = tensors[name];
                tensors.Remove(name);
            }
        });

        AssertRefused(
            Path.Combine(_model, "model.safetensors"),
            "no tensors encoder.layer.1.attention.self.query.weight, encoder.layer.1.attention.self.query.bias, encoder.layer.1.attention.self.key.weight and 13 more; "
            + "tensors encoder.block.1.attention.output.LayerNorm.bias, encoder.block.1.attention.output.LayerNorm.weight, encoder.block.1.attention.output.dense.bias and 13 more "
            + "have no place in the encoder that config.json describes");
    }

    [Fact]
    public void Load_TwoMissingWeights_NamesBoth()
    {
        ChangeWeights(tensors =>
        {
            tensors.Remove("encoder.layer.1.output.dense.bias");
            tensors.Remove("encoder.layer.0.output.dense.bias");
        });

        AssertRefused(Path.Combine(_model, "model.safetensors"), "no tensors encoder.layer.0.output.dense.bias, encoder.layer.1.output.dense.bias");
    }

    [Fact]
    public void Load_MoreLayersThanTheConfig_SaysSo()
    {
        ChangeWeights(tensors => tensors["encoder.layer.2.output.dense.bias"] = zeros(64));

        AssertRefused(
            Path.Combine(_model, "model.safetensors"), "tensor encoder.layer.2.output.dense.bias has no place in the encoder that config.json describes");
    }

    [Fact]
    public void Load_WholeNumberWeights_SaysSo()
    {
        ChangeWeights(tensors => tensors["embeddings.LayerNorm.bias"] = zeros(64, ScalarType.Int64));

        AssertRefused(Path.Combine(_model, "model.safetensors"), "tensor embeddings.LayerNorm.bias is of type Int64, a floating-point type was expected");
    }

    [Fact]
    public void Load_LongerTextsThanPositions_SaysSo()
    {
        var exception = Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(_model, new ModelOptions { MaxTokens = 129 }));

        Assert.Equal($"{_model}: texts of 129 tokens do not fit: 2 to 128 are possible", exception.Message);
    }

    [Fact]
    public void Load_PrefixedNamesOldNormNamesAndHalfPrecision_GiveTheSameEncoder()
    {
        using var scope = NewDisposeScope();
        using var expected = EmbeddingModel.Load(_model);
        ChangeWeights(tensors =>
        {
            foreach (var (name, tensor) in tensors.ToArray())
            {
                tensors.Remove(name);
                var old = name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
                tensors["bert." + old] = tensor.to(ScalarType.BFloat16);
            }

            tensors["cls.predictions.bias"] = zeros(2000);
        });

        using var actual = EmbeddingModel.Load(_model);

        foreach (var (name, parameter) in expected.Encoder.named_parameters())
            Assert.Equal(0, EncoderReference.MaxDifference(parameter.to(ScalarType.BFloat16), actual.Encoder.get_parameter(name)!));
    }

    [Fact]
    public void Load_PlainHuggingFaceFolder_PoolsByMean()
    {
        File.Delete(Path.Combine(_model, "modules.json"));

        using var model = EmbeddingModel.Load(_model);

        Assert.Equal([PoolingMode.Mean], model.Encoder.Poolings);
        Assert.False(model.Encoder.Normalizes);
        Assert.Equal(64, model.MaxTokens);
    }

    [Fact]
    public void Save_WhereAFileStands_ThrowsAndLeavesNothing()
    {
        using var model = EmbeddingModel.Load(_model);
        var target = _folder.PathOf("file");
        File.WriteAllText(target, "in the way");
        var before = Directory.GetFileSystemEntries(_folder.Path);

        Assert.ThrowsAny<IOException>(() => model.Save(target, ""));

        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal("in the way", File.ReadAllText(target));
    }

    [Fact]
    public void Save_OverAnOldFolder_ReplacesItWhole()
    {
        using var model = EmbeddingModel.Load(_model);
        File.WriteAllText(Path.Combine(_model, "left-over.txt"), "");

        model.Save(_model, "card");

        Assert.False(File.Exists(Path.Combine(_model, "left-over.txt")));
        Assert.Equal("card", File.ReadAllText(Path.Combine(_model, "README.md"), Encoding.UTF8));
        Assert.Equal([_model], Directory.GetFileSystemEntries(_folder.Path));
    }

    private static ModelOptions New(string vocabulary) => new() { New = new NewModelOptions { Vocabulary = vocabulary, HiddenSize = 32 } };

    private void AssertRefused(string path, string reason)
    {
        var exception = Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(_model));
        Assert.Equal($"{path}: {reason}", exception.Message);
    }

    private void ChangeWeights(Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_model, "model.safetensors");
        Dictionary<string, Tensor> tensors;
        using (var reader = SafetensorsReader.Open(path))
            tensors = reader.Tensors.ToDictionary(entry => entry.Name, entry => reader.Read(entry.Name));
        change(tensors);
        SafetensorsWriter.Write(path, tensors);
    }
}
