using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders.PostNorm;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>Shape of a BERT encoder: config.json of a model folder.</summary>
public sealed record BertConfig : PostNormConfig
{
    /// <summary>A config with two token types, unless it says otherwise.</summary>
    public BertConfig() => TokenTypes = 2;

    [SetsRequiredMembers]
    private BertConfig(JsonFile json)
        : base(json, missingEpsilon: 1e-12)
    {
        TokenTypes = json.Value("type_vocab_size") is null ? 2 : json.Width("type_vocab_size");
        PaddingId = json.PaddingId(missing: 0);
    }

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new BertEncoder(this);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">It is incomplete, or describes another kind of encoder.</exception>
    internal static BertConfig Read(JsonFile json)
    {
        json.Require("position_embedding_type", "absolute");
        json.RequireOff("is_decoder");
        return new BertConfig(json);
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
}
