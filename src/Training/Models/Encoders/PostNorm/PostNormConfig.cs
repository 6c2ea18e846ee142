using System.Diagnostics.CodeAnalysis;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>
/// Shape of an encoder of BERT's kind: a table of positions, layer norm after every sublayer (Vaswani et al. 2017, arXiv 1706.03762).
/// </summary>
public abstract record PostNormConfig : EncoderConfig
{
    /// <summary>A config that is yet to be described.</summary>
    protected PostNormConfig()
    {
    }

    /// <summary>What BERT, RoBERTa and MPNet say under the same keys of config.json.</summary>
    [SetsRequiredMembers]
    private protected PostNormConfig(JsonFile json, double missingEpsilon)
    {
        VocabularySize = json.VocabularySize();
        HiddenSize = json.Width("hidden_size");
        Layers = json.Layers("num_hidden_layers");
        Heads = json.Heads("num_attention_heads", "hidden_size");
        IntermediateSize = json.Width("intermediate_size");
        MaxPositions = json.Positions();
        Activation = Activations.Read(json, "hidden_act");
        LayerNormEpsilon = json.Positive("layer_norm_eps", missingEpsilon);
        HiddenDropout = json.Probability("hidden_dropout_prob", 0.1);
        AttentionDropout = json.Probability("attention_probs_dropout_prob", 0.1);
    }

    /// <summary>Rows of the position table.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Number of token types, 0: there is no table of them. All tokens are of type 0.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Added to the variance in layer norm.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <inheritdoc/>
    public override int LongestText => MaxPositions;

    /// <summary>The nonlinearity of the feed-forward sublayers.</summary>
    internal Activation Activation { get; init; }

    /// <inheritdoc/>
    internal override bool HasFusedForm => true;

    /// <inheritdoc/>
    internal override int FeedForwardVectors => Activations.KeptVectors(Activation) + 1;

    /// <summary>Row of the position table that is never trained; null: all are.</summary>
    internal virtual int? UntrainedPosition => null;

    /// <summary>Row of the position table that each token takes.</summary>
    internal virtual int[] PlacesOf(EncoderInput input) => TokenPlaces.InOrder(input);
}
