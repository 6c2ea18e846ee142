namespace Distributed.Training.Models.Encoders;

/// <summary>Shape of an encoder, as far as all families have it: config.json of a model folder.</summary>
public abstract record EncoderConfig
{
    /// <summary>Number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the hidden states.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads; divides <see cref="HiddenSize"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Id whose word embedding is never trained, even where it is typed in a text.</summary>
    public int PaddingId { get; init; }

    /// <summary>Dropout probability of hidden states in training.</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>Dropout probability of attention probabilities in training.</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Longest text the encoder can take, in tokens, special tokens included.</summary>
    public abstract int LongestText { get; }

    /// <summary>Width of an attention head.</summary>
    internal int HeadSize => HiddenSize / Heads;

    /// <summary>Whether the vectorised kernels have this encoder's form.</summary>
    internal virtual bool HasFusedForm => false;

    /// <summary>An encoder whose weights are yet to be filled.</summary>
    internal abstract TokenEncoder CreateEncoder();

    /// <summary>The same with all dropout probabilities set, unless <paramref name="dropout"/> is null.</summary>
    internal EncoderConfig WithDropout(double? dropout)
        => dropout is { } probability ? this with { HiddenDropout = probability, AttentionDropout = probability } : this;
}
