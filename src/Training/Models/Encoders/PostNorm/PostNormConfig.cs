namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>
/// Shape of an encoder of BERT's kind: a table of positions, layer norm after every sublayer (Vaswani et al. 2017, arXiv 1706.03762).
/// </summary>
public abstract record PostNormConfig : EncoderConfig
{
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
