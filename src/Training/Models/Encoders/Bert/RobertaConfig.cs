using System.Diagnostics.CodeAnalysis;
using Distributed.Training.Models.Encoders.PostNorm;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>Shape of a RoBERTa, XLM-RoBERTa or CamemBERT encoder (Liu et al. 2019, arXiv 1907.11692): config.json of a model folder.</summary>
public sealed record RobertaConfig : PostNormConfig
{
    /// <summary>A config that is yet to be described.</summary>
    public RobertaConfig()
    {
    }

    [SetsRequiredMembers]
    private RobertaConfig(JsonFile json)
        : base(json, missingEpsilon: 1e-5)
    {
        TokenTypes = json.Value("type_vocab_size") is null ? 1 : json.Width("type_vocab_size");
        PaddingId = json.PaddingId(missing: 1);
    }

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
        var config = new RobertaConfig(json);
        return config.LongestText > 0
            ? config
            : throw new ModelFormatException(json.Path, $"max_position_embeddings {config.MaxPositions} leaves no position after pad_token_id {config.PaddingId}");
    }

    /// <inheritdoc/>
    internal override int[] PlacesOf(EncoderInput input) => TokenPlaces.AfterPadding(input, PaddingId);

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new BertEncoder(this);
}
