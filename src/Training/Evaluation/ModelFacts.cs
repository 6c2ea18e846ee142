using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Training.Evaluation;

/// <summary>What every model card tells of its model.</summary>
public abstract record ModelFacts
{
    /// <summary>Name for the title, usually the run's folder.</summary>
    public required string Name { get; init; }

    /// <summary>Dimension of an embedding.</summary>
    public required int Dim { get; init; }

    /// <summary>Longest text in tokens, special tokens included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Poolings of token states; an embedding is made of all of them.</summary>
    public required ImmutableArray<PoolingMode> Poolings { get; init; }

    /// <summary>What the model wants to read in front of texts, by name; empty: nothing.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Prompts { get; init; } = [];

    /// <summary>Whether the model scales its embeddings to length 1.</summary>
    public required bool Normalize { get; init; }

    /// <summary>Number of weights, those of adapters apart.</summary>
    public required long Parameters { get; init; }
}
