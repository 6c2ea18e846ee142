using System.Globalization;
using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders.ModernBert;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>A config.json that cannot be, or that its weights do not fit, ends in one line before anything is allocated.</summary>
public sealed class BadEncoderTests
{
    [Theory]
    [InlineData("roberta", "num_attention_heads", "5", "5 attention heads do not divide hidden_size 64")]
    [InlineData("roberta", "num_hidden_layers", "-3", "num_hidden_layers is -3, a whole number above 0 was expected")]
    [InlineData("roberta", "num_hidden_layers", "2000000000", "num_hidden_layers is 2000000000, more than 1000")]
    [InlineData("roberta", "vocab_size", "2000000000", "vocab_size is 2000000000, more than 16777216")]
    [InlineData("roberta", "intermediate_size", "2147483648", "intermediate_size is 2147483648, a whole number above 0 was expected")]
    [InlineData("roberta", "pad_token_id", "1600", "pad_token_id is 1600; an id from 0 to 1599 was expected")]
    [InlineData("roberta", "pad_token_id", "-1", "pad_token_id is -1; an id from 0 to 1599 was expected")]
    [InlineData("roberta", "max_position_embeddings", "2", "max_position_embeddings 2 leaves no position after pad_token_id 1")]
    [InlineData("roberta", "layer_norm_eps", "0", "layer_norm_eps is 0; a number above 0 was expected")]
    [InlineData("roberta", "position_embedding_type", "\"relative_key\"", "position_embedding_type is relative_key; only absolute is supported")]
    [InlineData("roberta", "position_embedding_type", "7", "position_embedding_type is 7, a text was expected")]
    [InlineData("roberta", "is_decoder", "true", "is_decoder is true, which is not supported")]
    [InlineData("roberta", "hidden_act", "7", "hidden_act is 7, a text was expected")]
    [InlineData("roberta", "hidden_dropout_prob", "1", "hidden_dropout_prob is 1; 0 ≤ p < 1 was expected")]
    [InlineData("mpnet", "relative_attention_num_buckets", "16", "relative_attention_num_buckets is 16; at least 32 was expected")]
    [InlineData("mpnet", "max_position_embeddings", "1", "max_position_embeddings 1 and vocab_size 1601 leave no room after padding id 1")]
    [InlineData("distilbert", "n_heads", "5", "5 attention heads do not divide dim 64")]
    [InlineData("distilbert", "dim", "null", "no dim")]
    [InlineData("distilbert", "activation", "\"silu\"", "activation is silu; one of gelu, gelu_new, gelu_pytorch_tanh, relu was expected")]
    [InlineData("modernbert", "num_attention_heads", "64", "attention heads of width 1 cannot be rotated; an even width was expected")]
    [InlineData("modernbert", "norm_bias", "true", "norm_bias is true, which is not supported")]
    [InlineData("modernbert", "layer_types", "[\"full_attention\"]", "layer_types is not a list of 4 names, each full_attention or sliding_attention")]
    [InlineData("modernbert", "rope_scaling", "{\"type\": \"yarn\"}", "rope_scaling is not supported")]
    [InlineData("modernbert", "rope_parameters", "{\"full_attention\": {\"rope_type\": \"yarn\"}}", "rope_type is yarn; only default is supported")]
    [InlineData("modernbert", "rope_parameters", "{\"full_attention\": {\"type\": \"linear\", \"factor\": 2}}", "type is linear; only default is supported")]
    [InlineData("modernbert", "rope_parameters", "{\"rope_type\": \"yarn\", \"factor\": 4.0}", "rope_type is yarn; only default is supported")]
    [InlineData("modernbert", "rope_parameters", "{\"type\": \"dynamic\"}", "type is dynamic; only default is supported")]
    [InlineData("modernbert", "rope_parameters", "{\"rope_type\": \"default\", \"rope_theta\": 500}", "rope_parameters has rope_theta for neither full_attention nor sliding_attention")]
    [InlineData("modernbert", "rope_parameters", "{\"full_attention\": {\"rope_type\": \"default\"}, \"factor\": 4.0}", "rope_parameters has factor for neither full_attention nor sliding_attention")]
    [InlineData("roberta", "auto_map", "{\"AutoConfig\": \"a--b.C\", \"AutoModel\": \"a--b.M\"}", "auto_map names Python code of the model's own for AutoModel, which is not run; without auto_map it is read as roberta")]
    [InlineData("modernbert", "auto_map", "{\"AutoModel\": [\"a--b.M\", null]}", "auto_map names Python code of the model's own for AutoModel, which is not run; without auto_map it is read as modernbert")]
    [InlineData("roberta", "auto_map", "7", "auto_map is 7, an object was expected")]
    [InlineData("distilbert", "quantization_config", "{\"quant_method\": \"gptq\", \"bits\": 4}", "quantization_config is there: quantised weights are not supported")]
    [InlineData("modernbert", "global_attn_every_n_layers", "0", "global_attn_every_n_layers is 0, a whole number above 0 was expected", "layer_types")]
    public void Load_ConfigThatCannotBe_SaysSo(string name, string key, string value, string reason, string? removed = null)
    {
        using var folder = new ChangedFolder(name);
        folder.Change("config.json", config =>
        {
            config[key] = JsonNode.Parse(value);
            if (removed is not null)
                config.Remove(removed);
        });

        folder.AssertRefused(folder.Config, reason);
    }

    [Fact]
    public void Load_CodeOfItsOwnForAnUnknownModel_SaysSo()
    {
        using var folder = new ChangedFolder("roberta");
        folder.Change("config.json", config =>
        {
            config["model_type"] = "new";
            config["auto_map"] = new JsonObject { ["AutoModel"] = "org/name--modeling.NewModel" };
        });

        folder.AssertRefused(folder.Config, "auto_map names Python code of the model's own for AutoModel, which is not run");
    }

    // What has no part in the encoder.
    [Theory]
    [InlineData("roberta", "auto_map", "{\"AutoTokenizer\": [\"a.T\", null], \"AutoModelForSequenceClassification\": \"a.M\"}")]
    [InlineData("roberta", "auto_map", "{\"AutoModel\": null}")]
    [InlineData("roberta", "quantization_config", "null")]
    [InlineData("modernbert", "rope_parameters", "{\"rope_type\": \"default\", \"full_attention\": {\"rope_theta\": 160000}}")]
    public void Load_ConfigThatSaysNothingOfTheEncoder_IsRead(string name, string key, string value)
    {
        using var folder = new ChangedFolder(name);
        using var expected = FamilyReference.LoadEncoder(folder.Path);
        folder.Change("config.json", config => config[key] = JsonNode.Parse(value));

        using var encoder = FamilyReference.LoadEncoder(folder.Path);

        Assert.Equal(expected.Config.LongestText, encoder.Config.LongestText);
    }

    [Theory]
    [InlineData("roberta", "vocab_size hidden_size", "embeddings.word_embeddings.weight")]
    [InlineData("mpnet", "vocab_size hidden_size", "embeddings.word_embeddings.weight")]
    [InlineData("distilbert", "vocab_size dim", "embeddings.word_embeddings.weight")]
    [InlineData("modernbert", "vocab_size hidden_size", "embeddings.tok_embeddings.weight")]
    public void Load_ConfigThatAsksForTerabytes_NamesTheFirstShape(string name, string keys, string tensor)
    {
        using var folder = new ChangedFolder(name);
        var (vocabulary, width) = (1 << 24, 1 << 20);
        folder.Change("config.json", config =>
        {
            config[keys.Split(' ')[0]] = vocabulary;
            config[keys.Split(' ')[1]] = width;
        });

        var shape = string.Create(CultureInfo.InvariantCulture, $"[{folder.StoredShape(tensor)}], config.json asks for [{vocabulary}, {width}]");
        folder.AssertRefused(folder.Weights, $"tensor {tensor} has the shape {shape}");
    }

    [Theory]
    [InlineData("roberta", "num_hidden_layers", 4, "encoder.layer.3.attention.self.query.weight")]
    [InlineData("mpnet", "num_hidden_layers", 4, "encoder.layer.3.attention.attn.q.weight")]
    [InlineData("distilbert", "n_layers", 1000, "transformer.layer.3.attention.q_lin.weight")]
    [InlineData("modernbert", "num_hidden_layers", 5, "layers.4.attn_norm.weight")]
    public void Load_MoreLayersThanWeights_NamesTheFirstMissingTensors(string name, string key, int layers, string missing)
    {
        using var folder = new ChangedFolder(name);
        folder.Change("config.json", config =>
        {
            config[key] = layers;
            config.Remove("layer_types");
        });

        var refused = Assert.Throws<ModelFormatException>(() => FamilyReference.LoadEncoder(folder.Path));

        Assert.StartsWith($"{folder.Weights}: no tensors {missing}, ", refused.Message, StringComparison.Ordinal);
        Assert.Matches(" and [0-9]+ more$", refused.Message);
    }

    [Theory]
    [InlineData("roberta", "num_hidden_layers", "encoder.layer.2.")]
    [InlineData("mpnet", "num_hidden_layers", "encoder.layer.2.")]
    [InlineData("distilbert", "n_layers", "transformer.layer.2.")]
    [InlineData("modernbert", "num_hidden_layers", "layers.")]
    public void Load_FewerLayersThanWeights_NamesATensorWithoutAPlace(string name, string key, string prefix)
    {
        using var folder = new ChangedFolder(name);
        folder.Change("config.json", config =>
        {
            config[key] = 2;
            config.Remove("layer_types");
        });

        var refused = Assert.Throws<ModelFormatException>(() => FamilyReference.LoadEncoder(folder.Path));

        Assert.StartsWith($"{folder.Weights}: tensors {prefix}", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(" more have no place in the encoder that config.json describes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora_A.weight")]
    [InlineData("embeddings.extra.weight")]
    [InlineData("sentence_head.weight")]
    public void Load_UnknownTensor_IsNamed(string tensor)
    {
        using var folder = new ChangedFolder("roberta");
        folder.ChangeWeights(tensors => tensors[tensor] = zeros(3));

        folder.AssertRefused(folder.Weights, $"tensor {tensor} has no place in the encoder that config.json describes");
    }

    [Theory]
    [InlineData("roberta", "roberta.", "lm_head.dense.weight")]
    [InlineData("xlm-r", "roberta.", "lm_head.bias")]
    [InlineData("mpnet", "mpnet.", "lm_head.layer_norm.weight")]
    [InlineData("distilbert", "distilbert.", "vocab_projector.bias")]
    [InlineData("modernbert", "model.", "head.dense.weight")]
    public void Load_PrefixAndHeadOfAnotherTask_GivesTheSameEncoder(string name, string prefix, string head)
    {
        using var scope = NewDisposeScope();
        using var folder = new ChangedFolder(name);
        using var expected = FamilyReference.LoadEncoder(folder.Path);
        folder.ChangeWeights(tensors =>
        {
            foreach (var (old, tensor) in tensors.ToArray())
            {
                tensors.Remove(old);
                tensors[prefix + old.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal)] = tensor;
            }

            tensors[prefix + "embeddings.position_ids"] = arange(64, ScalarType.Int64);
            tensors[head] = zeros(3);
        });

        using var actual = FamilyReference.LoadEncoder(folder.Path);

        foreach (var (parameter, value) in expected.named_parameters())
            Assert.Equal(0, EncoderReference.MaxDifference(value, actual.get_parameter(parameter)!));
    }

    [Fact]
    public void Load_OneTensorWithAndWithoutPrefix_NamesBoth()
    {
        using var folder = new ChangedFolder("mpnet");
        folder.ChangeWeights(tensors => tensors["mpnet.encoder.relative_attention_bias.weight"] = zeros(32, 4));

        folder.AssertRefused(
            folder.Weights,
            "encoder.relative_attention_bias.weight and mpnet.encoder.relative_attention_bias.weight are two tensors for encoder.relative_attention_bias.weight");
    }

    [Theory]
    [InlineData("global_rope_theta local_rope_theta", true)]
    [InlineData("", false)]
    public void Load_RotaryBasesAsPublished_AreThose(string keys, bool areOthers)
    {
        using var folder = new ChangedFolder("modernbert");
        folder.Change("config.json", config =>
        {
            config.Remove("rope_parameters");
            foreach (var key in keys.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                config[key] = 500.0;
        });

        using var encoder = FamilyReference.LoadEncoder(folder.Path);

        var config = Assert.IsType<ModernBertConfig>(encoder.Config);
        Assert.Equal(areOthers ? (500, 500) : (160_000, 10_000), (config.GlobalTheta, config.LocalTheta));
    }
}
