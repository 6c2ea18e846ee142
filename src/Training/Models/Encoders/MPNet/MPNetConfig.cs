using System.Diagnostics.CodeAnalysis;
using Distributed.Training.Models.Encoders.PostNorm;

namespace Distributed.Training.Models.Encoders.MPNet;

/// <summary>Shape of an MPNet encoder (Song et al. 2020, arXiv 2004.09297): config.json of a model folder.</summary>
public sealed record MPNetConfig : PostNormConfig
{
    // Fixed in the family, whatever pad_token_id says.
    private const int Padding = 1;

    /// <summary>A config that is yet to be described.</summary>
    public MPNetConfig()
    {
    }

    [SetsRequiredMembers]
    private MPNetConfig(JsonFile json)
        : base(json, missingEpsilon: 1e-12)
    {
        PaddingId = Padding;
        RelativeBuckets = json.Value("relative_attention_num_buckets") is null ? RelativePositions.Buckets : json.Width("relative_attention_num_buckets");
    }

    /// <summary>Rows of the table of relative positions; the first 32 are used.</summary>
    public int RelativeBuckets { get; init; } = RelativePositions.Buckets;

    /// <inheritdoc/>
    public override int LongestText => MaxPositions - PaddingId - 1;

    /// <inheritdoc/>
    internal override int? UntrainedPosition => PaddingId;

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">It is incomplete, or describes another kind of encoder.</exception>
    internal static MPNetConfig Read(JsonFile json)
    {
        var config = new MPNetConfig(json);
        if (config.LongestText < 1 || config.VocabularySize <= Padding)
            throw new ModelFormatException(json.Path, $"max_position_embeddings {config.MaxPositions} and vocab_size {config.VocabularySize} leave no room after padding id {Padding}");
        return config.RelativeBuckets >= RelativePositions.Buckets
            ? config
            : throw new ModelFormatException(json.Path, $"relative_attention_num_buckets is {config.RelativeBuckets}; at least {RelativePositions.Buckets} was expected");
    }

    /// <inheritdoc/>
    internal override int[] PlacesOf(EncoderInput input) => TokenPlaces.AfterPadding(input, PaddingId);

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new MPNetEncoder(this);
}
