using Distributed.Training.Models.Encoders.PostNorm;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>Shape of a RoBERTa, XLM-RoBERTa or CamemBERT encoder (Liu et al. 2019, arXiv 1907.11692): config.json of a model folder.</summary>
public sealed record RobertaConfig : PostNormConfig
{
    /// <inheritdoc/>
    public override int LongestText => MaxPositions - PaddingId - 1;

    /// <inheritdoc/>
    internal override int? UntrainedPosition => PaddingId;

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">It is incomplete, or describes another kind of encoder.</exception>
    internal static RobertaConfig Read(JsonFile json)
    {
        json.Require("position_embedding_type", "absolute");
        json.RequireOff("is_decoder");
        var config = new RobertaConfig
        {
            VocabularySize = json.VocabularySize(),
            HiddenSize = json.Width("hidden_size"),
            Layers = json.Layers("num_hidden_layers"),
            Heads = json.Heads("num_attention_heads", "hidden_size"),
            IntermediateSize = json.Width("intermediate_size"),
            MaxPositions = json.Positions(),
            TokenTypes = json.Value("type_vocab_size") is null ? 1 : json.Width("type_vocab_size"),
            PaddingId = json.PaddingId(missing: 1),
            Activation = Activations.Read(json, "hidden_act"),
            LayerNormEpsilon = json.Positive("layer_norm_eps", 1e-5),
            HiddenDropout = json.Probability("hidden_dropout_prob", 0.1),
            AttentionDropout = json.Probability("attention_probs_dropout_prob", 0.1),
        };
        return config.LongestText > 0
            ? config
            : throw new ModelFormatException(json.Path, $"max_position_embeddings {config.MaxPositions} leaves no position after pad_token_id {config.PaddingId}");
    }

    /// <inheritdoc/>
    internal override int[] PlacesOf(EncoderInput input) => TokenPlaces.AfterPadding(input, PaddingId);

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new BertEncoder(this);
}
