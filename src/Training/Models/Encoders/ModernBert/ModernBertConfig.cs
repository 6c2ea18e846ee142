using System.Collections.Immutable;
using System.Text.Json;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>Shape of a ModernBERT encoder (Warner et al. 2024, arXiv 2412.13663): config.json of a model folder.</summary>
public sealed record ModernBertConfig : EncoderConfig
{
    private const string Global = "full_attention";
    private const string Local = "sliding_attention";
    private const string RopeKey = "rope_parameters";
    private static readonly ImmutableArray<string> RopeTypes = ["rope_type", "type"]; // the second in older files
    private static readonly ImmutableArray<string> RopeKeys = [Global, Local, .. RopeTypes];

    /// <summary>Longest text. There is no table of positions.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Tokens on each side that a token sees in the layers with local attention.</summary>
    public required int LocalReach { get; init; }

    /// <summary>Whether each layer's attention is local.</summary>
    public required ImmutableArray<bool> IsLocal { get; init; }

    /// <summary>Base of the rotary angles in the layers that see the whole text.</summary>
    public double GlobalTheta { get; init; } = 160_000;

    /// <summary>Base of the rotary angles in the layers with local attention.</summary>
    public double LocalTheta { get; init; } = 10_000;

    /// <summary>Added to the variance in layer norm.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Dropout probability after the embeddings. <see cref="EncoderConfig.HiddenDropout"/> is that within the feed-forward sublayer.</summary>
    public double EmbeddingDropout { get; init; }

    /// <inheritdoc/>
    public override int LongestText => MaxPositions;

    /// <summary>The nonlinearity of the gate.</summary>
    internal Activation Activation { get; init; }

    /// <inheritdoc/>
    internal override int FeedForwardVectors => Activations.KeptVectors(Activation) + 4; // the other half, the product, its mask and what is left of it

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">It is incomplete, or describes another kind of encoder.</exception>
    internal static ModernBertConfig Read(JsonFile json)
    {
        json.RequireOff("attention_bias");
        json.RequireOff("mlp_bias");
        json.RequireOff("norm_bias");
        var config = new ModernBertConfig
        {
            VocabularySize = json.VocabularySize(),
            HiddenSize = json.Width("hidden_size"),
            Layers = json.Layers("num_hidden_layers"),
            Heads = json.Heads("num_attention_heads", "hidden_size"),
            IntermediateSize = json.Width("intermediate_size"),
            MaxPositions = json.Positions(),
            PaddingId = json.PaddingId(missing: 50_283),
            LocalReach = (json.Value("local_attention") is null ? 128 : json.Width("local_attention")) / 2,
            IsLocal = ReadLayerTypes(json),
            GlobalTheta = ReadTheta(json, Global, "global_rope_theta", 160_000),
            LocalTheta = ReadTheta(json, Local, "local_rope_theta", 10_000),
            Activation = Activations.Read(json, "hidden_activation"),
            NormEpsilon = json.Positive("norm_eps", 1e-5),
            EmbeddingDropout = json.Probability("embedding_dropout", 0),
            HiddenDropout = json.Probability("mlp_dropout", 0),
            AttentionDropout = json.Probability("attention_dropout", 0),
        };
        return config.HeadSize % 2 == 0
            ? config
            : throw new ModelFormatException(json.Path, $"attention heads of width {config.HeadSize} cannot be rotated; an even width was expected");
    }

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new ModernBertEncoder(this);

    /// <inheritdoc/>
    internal override EncoderConfig WithDropout(double? dropout)
        => dropout is { } probability
            ? this with { EmbeddingDropout = probability, HiddenDropout = probability, AttentionDropout = probability }
            : this;

    // A list of names, or every n-th layer is global, the first among them.
    private static ImmutableArray<bool> ReadLayerTypes(JsonFile json)
    {
        var layers = json.Layers("num_hidden_layers");
        if (json.Value("layer_types") is not { } types)
        {
            var every = json.Size("global_attn_every_n_layers") ?? 3;
            return [.. Enumerable.Range(0, layers).Select(layer => layer % every != 0)];
        }

        var names = types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(name => name.ToString()).ToArray() : [];
        return names.Length == layers && names.All(name => name is Global or Local)
            ? [.. names.Select(name => name == Local)]
            : throw new ModelFormatException(json.Path, $"layer_types is not a list of {layers} names, each {Global} or {Local}");
    }

    // Newer files say it by kind of layer, published ones in keys of their own.
    private static double ReadTheta(JsonFile json, string kind, string key, double missing)
    {
        if (json.Value("rope_scaling") is not null)
            throw new ModelFormatException(json.Path, "rope_scaling is not supported");
        var kinds = json.Object(RopeKey);
        RequireUnscaled(kinds);
        var rope = kinds?.Object(kind);
        RequireUnscaled(rope);
        if (kinds?.Element.EnumerateObject().FirstOrDefault(key => !RopeKeys.Contains(key.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } stray)
            throw new ModelFormatException(json.Path, $"{RopeKey} has {stray.Name} for neither {Global} nor {Local}");
        return rope?.Value("rope_theta") is null ? json.Positive(key, missing) : rope.Positive("rope_theta", missing);
    }

    private static void RequireUnscaled(JsonFile? rope)
    {
        foreach (var key in RopeTypes)
            rope?.Require(key, "default");
    }
}
