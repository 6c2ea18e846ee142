using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Steps;

namespace Distributed.Worker.Runs;

/// <summary>
/// The worker's view of its model, optimizer and their state. Same calls on equal states give equal bits on every rank. Not thread-safe: one call at a time.
/// </summary>
internal interface IReplica
{
    /// <summary>Steps that the state includes, applied or skipped: it is the state before step StepsDecided.</summary>
    long StepsDecided { get; }

    /// <summary>Names and places of the parameters in the state.</summary>
    StateLayout Layout { get; }

    /// <summary>Computes the reduced gradient of step <see cref="StepsDecided"/> and holds it, pending. The state does not change.</summary>
    /// <exception cref="CollectiveAbortedException">The generation is over; nothing is pending.</exception>
    ValueTask<StepResult> ComputeStepAsync(StepPlan plan, ICollectives collectives, CancellationToken cancellationToken);

    /// <summary>Applies the pending gradient once; <paramref name="decidedStep"/> is <see cref="StepsDecided"/>, which grows by one.</summary>
    void Apply(long decidedStep);

    /// <summary>Drops a pending gradient and counts the step, <see cref="StepsDecided"/>, as decided.</summary>
    void Skip(long decidedStep);

    /// <summary>Drops a pending gradient, if there is one.</summary>
    void Discard();

    /// <summary>The state in the replica's own memory: valid until the state changes, not to be written to.</summary>
    TrainingState ViewState();

    /// <summary>Copies a state; a pending gradient is dropped.</summary>
    void ImportState(TrainingState state);

    /// <summary>Scores the held-out queries with the current state; every rank gets the same figures.</summary>
    ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(ICollectives collectives, CancellationToken cancellationToken);

    /// <summary>Writes the finished model's folder.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    Task SaveModelAsync(ImmutableArray<EvaluationScores> evaluations, CancellationToken cancellationToken);
}
