using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Training.Evaluation;

/// <summary>What the card of a trained model tells. Nothing in it depends on the number of workers, the machine or the time.</summary>
public sealed record ModelCardFacts : ModelFacts
{
    /// <summary>The job that made the model.</summary>
    public required Job Job { get; init; }

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
