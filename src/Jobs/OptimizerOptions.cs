using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter 2017, arXiv 1711.05101); none on biases and LayerNorm.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Passes over the training rows. Default 1. Ignored when <see cref="MaxSteps"/> is set.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Steps after which training ends; null: after <see cref="Epochs"/>.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Highest learning rate. Default 2e-5.</summary>
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Decay of the gradient's running mean. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the squared gradient's running mean. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root in the denominator. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of the global gradient; null: no clipping. Default 1.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>Other rates by name of the parameters; of several patterns that match one, the first counts. Default none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<RateOptions> Rates { get; init; } = [];
}
