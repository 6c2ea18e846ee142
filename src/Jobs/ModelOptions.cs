using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>A folder with a published model, the id of one on the hub, or the shape of a new one. Exactly one of the three is set.</summary>
public sealed record ModelOptions
{
    /// <summary>Hugging Face / sentence-transformers folder to start from; null when another is set.</summary>
    public string? Folder { get; init; }

    /// <summary>Model of the hub to start from, in the words of <see cref="HubId"/>; null when another is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hub { get; init; }

    /// <summary>Shape of a model with random weights; null when another is set.</summary>
    public NewModelOptions? New { get; init; }

    /// <summary>Longest text in tokens, special tokens included; longer ones are cut. Null: what the model's folder says. Default 64 for a new model.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How token states become one embedding. Null: what the model's folder says. Default mean for a new model.</summary>
    public PoolingMode? Pooling { get; init; }

    /// <summary>Whether embeddings are scaled to length 1 by the model itself. Null: what the model's folder says. Default no for a new model.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Dropout probability in training, 0 ≤ p &lt; 1. Null: what the model's config says.</summary>
    public double? Dropout { get; init; }

    /// <summary>
    /// Parameters that are not trained: patterns with * and ? over their names; one that matches the first parts of a name matches all that is below.
    /// Default none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> Freeze { get; init; } = [];

    /// <summary>Layers that are not trained, the first ones, and the embeddings below them; 0: the embeddings alone. Null: none of them is frozen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? FreezeLayers { get; init; }

    /// <summary>New adapters, which are trained in place of the transformer; modules with weights behind the pooling are trained as they are. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public LoraOptions? Lora { get; init; }

    /// <summary>Folder of a LoRA adapter that goes on to be trained, on top of the model in <see cref="Folder"/> or <see cref="Hub"/>; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Adapter { get; init; }
}

/// <summary>A BERT encoder (Devlin et al. 2018, arXiv 1810.04805) with random weights, normal with standard deviation 0.02.</summary>
public sealed record NewModelOptions
{
    /// <summary>WordPiece vocabulary, one token a line; the line number is the id. Must hold [PAD], [UNK], [CLS], [SEP].</summary>
    public required string Vocabulary { get; init; }

    /// <summary>Whether text is lower-cased and stripped of accents before tokenisation.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Number of transformer layers.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Width of the hidden states, which is the embedding's dimension.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>Attention heads; must divide <see cref="HiddenSize"/>.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the feed-forward layer.</summary>
    public int IntermediateSize { get; init; } = 1024;

    /// <summary>Positions that have an embedding; at least the longest text.</summary>
    public int MaxPositions { get; init; } = 128;
}

/// <summary>How token states become one embedding.</summary>
public enum PoolingMode
{
    /// <summary>Mean over the tokens, [CLS] and [SEP] included.</summary>
    Mean,

    /// <summary>State of the first token.</summary>
    Cls,

    /// <summary>Maximum of each component over the tokens.</summary>
    Max,

    /// <summary>Sum over the tokens, divided by the square root of their number.</summary>
    MeanSqrtLength,

    /// <summary>Mean over the tokens, in which token k, from 1, counts k times.</summary>
    WeightedMean,

    /// <summary>State of the last token, which is the separator.</summary>
    LastToken,
}
