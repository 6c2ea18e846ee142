using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Training.Evaluation;

/// <summary>What a model card tells. Nothing in it depends on the number of workers, the machine or the time.</summary>
public sealed record ModelCardFacts
{
    /// <summary>Name for the title, usually the run's folder.</summary>
    public required string Name { get; init; }

    /// <summary>The job that made the model.</summary>
    public required Job Job { get; init; }

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

    /// <summary>Number of weights that were trained, those of adapters among them; null: all.</summary>
    public long? TrainedParameters { get; init; }

    /// <summary>Rows of the training set.</summary>
    public required int TrainingRows { get; init; }

    /// <summary>Steps that the model was trained for.</summary>
    public required long Steps { get; init; }

    /// <summary>Scores on the held-out queries, by step; empty without an evaluation.</summary>
    public ImmutableArray<ModelCardScores> Scores { get; init; } = [];
}

/// <summary>Scores after so many steps; 0 is before training.</summary>
/// <param name="Steps">Steps that the scored model was trained for.</param>
/// <param name="Scores">Its scores.</param>
public sealed record ModelCardScores(long Steps, RetrievalScores Scores);
