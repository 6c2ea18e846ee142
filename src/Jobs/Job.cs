using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>Everything a run depends on: what a job file says. Two runs of equal jobs on equal data give equal models.</summary>
public sealed record Job
{
    /// <summary>Seed of initial weights, sample order and dropout. Default 12.</summary>
    public int Seed { get; init; } = 12;

    /// <summary>Arithmetic of the encoder. Loss, normalisation, softmax and pooling are float32 in any case.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>The encoder to train.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>The training rows, with the loss and the order of each dataset; at least one.</summary>
    public required ImmutableArray<DatasetOptions> Datasets { get; init; }

    /// <summary>How the batches of several datasets follow one another.</summary>
    public DatasetMixing Mixing { get; init; } = DatasetMixing.Proportional;

    /// <summary>How large a global batch is and how it is cut.</summary>
    public BatchOptions Batch { get; init; } = new();

    /// <summary>AdamW and the length of training.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Learning rate over the steps.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Held-out retrieval scores; null: none.</summary>
    public EvaluationOptions? Evaluation { get; init; }

    /// <summary>Figures of the space of embeddings while training, and alarms. They do not change the result.</summary>
    [JsonIgnore] // of JobHash
    public WatchOptions Watch { get; init; } = new();

    /// <summary>Where the model and the run's records go.</summary>
    public required OutputOptions Output { get; init; }

    /// <summary>How often the state of training is saved.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>Processes that `distributed train` starts. They do not change the result.</summary>
    public WorkerOptions Workers { get; init; } = new();
}
