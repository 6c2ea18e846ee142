using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Models.Encoders;

/// <summary>Shape of a BERT encoder: config.json of a model folder.</summary>
public sealed record BertConfig : EncoderConfig
{
    /// <summary>Positions that have an embedding.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Number of token types. All tokens are of type 0.</summary>
    public int TokenTypes { get; init; } = 2;

    /// <summary>Added to the variance in layer norm.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <inheritdoc/>
    public override int LongestText => MaxPositions;

    /// <inheritdoc/>
    internal override bool HasFusedForm => true;

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new BertEncoder(this);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">It is incomplete, or describes another kind of encoder.</exception>
    internal static BertConfig Read(JsonFile json)
    {
        Require(json, "hidden_act", "gelu");
        Require(json, "position_embedding_type", "absolute");
        var config = new BertConfig
        {
            VocabularySize = json.RequiredSize("vocab_size"),
            HiddenSize = json.RequiredSize("hidden_size"),
            Layers = json.RequiredSize("num_hidden_layers"),
            Heads = json.RequiredSize("num_attention_heads"),
            IntermediateSize = json.RequiredSize("intermediate_size"),
            MaxPositions = json.RequiredSize("max_position_embeddings"),
            TokenTypes = json.Size("type_vocab_size") ?? 2,
            PaddingId = (int)(json.Number("pad_token_id") ?? 0),
            LayerNormEpsilon = json.Number("layer_norm_eps") ?? 1e-12,
            HiddenDropout = Probability(json, "hidden_dropout_prob"),
            AttentionDropout = Probability(json, "attention_probs_dropout_prob"),
        };
        return config.HiddenSize % config.Heads == 0
            ? config
            : throw new ModelFormatException(json.Path, $"{config.Heads} attention heads do not divide hidden_size {config.HiddenSize}");
    }

    /// <summary>The config of a new model.</summary>
    /// <exception cref="ArgumentException">The heads do not divide the hidden size.</exception>
    internal static BertConfig From(NewModelOptions options, WordPieceTokenizer tokenizer)
    {
        if (options.HiddenSize % options.Heads != 0)
            throw new ArgumentException($"{options.Heads} attention heads do not divide a hidden size of {options.HiddenSize}", nameof(options));
        return new BertConfig
        {
            VocabularySize = tokenizer.Vocabulary.Size,
            HiddenSize = options.HiddenSize,
            Layers = options.Layers,
            Heads = options.Heads,
            IntermediateSize = options.IntermediateSize,
            MaxPositions = options.MaxPositions,
            PaddingId = tokenizer.Vocabulary.Find("[PAD]") ?? 0,
        };
    }

    /// <summary>config.json of this encoder.</summary>
    internal JsonObject ToJson() => new()
    {
        ["architectures"] = new JsonArray("BertModel"),
        ["attention_probs_dropout_prob"] = AttentionDropout,
        ["hidden_act"] = "gelu",
        ["hidden_dropout_prob"] = HiddenDropout,
        ["hidden_size"] = HiddenSize,
        ["initializer_range"] = BertInitializer.StandardDeviation,
        ["intermediate_size"] = IntermediateSize,
        ["layer_norm_eps"] = LayerNormEpsilon,
        ["max_position_embeddings"] = MaxPositions,
        ["model_type"] = "bert",
        ["num_attention_heads"] = Heads,
        ["num_hidden_layers"] = Layers,
        ["pad_token_id"] = PaddingId,
        ["position_embedding_type"] = "absolute",
        ["torch_dtype"] = "float32",
        ["type_vocab_size"] = TokenTypes,
        ["vocab_size"] = VocabularySize,
    };

    private static void Require(JsonFile json, string key, string supported)
    {
        if (json.Text(key) is { } value && value != supported)
            throw new ModelFormatException(json.Path, $"{key} is {value}; only {supported} is supported");
    }

    private static double Probability(JsonFile json, string key)
        => (json.Number(key) ?? 0.1) is var probability && probability is >= 0 and < 1
            ? probability
            : throw new ModelFormatException(json.Path, $"{key} is {probability}; 0 ≤ p < 1 was expected");
}
