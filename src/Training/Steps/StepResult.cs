using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Training.Steps;

/// <summary>What a rank knows of a step when it votes. Everything but the timings and the watch has the same bits on every rank.</summary>
public sealed record StepResult
{
    /// <summary>Number of the step.</summary>
    public required long Step { get; init; }

    /// <summary>Loss of the global batch.</summary>
    public required double Loss { get; init; }

    /// <summary>Euclidean norm of the global gradient, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Whether the loss and every component of the gradient are finite.</summary>
    public required bool IsFinite { get; init; }

    /// <summary>XxHash64 of the global gradient's bytes, before clipping, and of the frozen weights, if there are any: equal on all ranks.</summary>
    public required ulong GradientDigest { get; init; }

    /// <summary>What the embedding watch measured, by the names of <see cref="WatchFigures"/>: on rank 0, at the steps that the job says; null otherwise.</summary>
    public ImmutableSortedDictionary<string, double>? Watch { get; init; }

    /// <summary>Where the time went.</summary>
    public required StepTimings Timings { get; init; }
}
