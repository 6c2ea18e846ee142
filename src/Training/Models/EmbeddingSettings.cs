using Distributed.Jobs;

namespace Distributed.Training.Models;

/// <summary>What a sentence-transformers folder says besides the encoder itself.</summary>
internal sealed record EmbeddingSettings
{
    /// <summary>How token states become one embedding.</summary>
    public required PoolingMode Pooling { get; init; }

    /// <summary>Whether embeddings are scaled to length 1.</summary>
    public required bool Normalizes { get; init; }

    /// <summary>Longest text in tokens, special tokens included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Whether the text is lower-cased before the tokenizer sees it, typed special tokens included.</summary>
    public bool LowerCasesText { get; init; }

    /// <summary>What stands in front of texts, by name.</summary>
    public ModelPrompts Prompts { get; init; } = ModelPrompts.None;

    /// <summary>The same with what the job sets instead.</summary>
    public EmbeddingSettings With(ModelOptions? overrides) => this with
    {
        Pooling = overrides?.Pooling ?? Pooling,
        Normalizes = overrides?.Normalize ?? Normalizes,
        MaxTokens = overrides?.MaxTokens ?? MaxTokens,
    };
}
