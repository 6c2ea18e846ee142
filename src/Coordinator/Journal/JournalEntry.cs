using System.Collections.Immutable;
using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Journal;

/// <summary>One fact of a run. The journal only grows: the order of entries is the run's history.</summary>
internal abstract record JournalEntry;

/// <summary>A generation was formed.</summary>
/// <param name="Generation">Number and members.</param>
/// <param name="StepsDecided">The state it starts from.</param>
/// <param name="Source">Where members without that state get it, for a person.</param>
internal sealed record GenerationFormed(Generation Generation, long StepsDecided, string Source) : JournalEntry;

/// <summary>A generation is over.</summary>
internal sealed record GenerationEnded(long Generation, string Reason) : JournalEntry;

/// <summary>A step ended. Never undone; after a <see cref="RolledBack"/> the same step is decided again, to the same bits.</summary>
internal sealed record StepDecided : JournalEntry
{
    public required long Step { get; init; }

    public required int Epoch { get; init; }

    /// <summary>Commit or skip.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>Digest of the reduced gradient; of a skipped step: rank 0's.</summary>
    public required ulong GradientDigest { get; init; }

    /// <summary>Hash of the plan that was computed.</summary>
    public required ulong RowsHash { get; init; }

    public required double Loss { get; init; }

    public required double GradientNorm { get; init; }

    public required long Generation { get; init; }

    /// <summary>What the embedding watch measured, by name; null: nothing.</summary>
    public ImmutableSortedDictionary<string, double>? Watch { get; init; }
}

/// <summary>The held-out scores of a state.</summary>
internal sealed record StateEvaluated(long StepsDecided, long Generation, ImmutableSortedDictionary<string, double> Metrics) : JournalEntry;

/// <summary>A checkpoint is complete and durable.</summary>
/// <param name="StepsDecided">Steps that its state includes.</param>
/// <param name="Name">Name of its folder among the run's checkpoints.</param>
/// <param name="ManifestSha256">Names every byte of it.</param>
internal sealed record CheckpointSealed(long StepsDecided, string Name, string ManifestSha256) : JournalEntry;

/// <summary>No live copy of the state was left: the run goes on from an older one.</summary>
/// <param name="FromSteps">Steps that were decided.</param>
/// <param name="ToSteps">Steps of the state that the run goes on from.</param>
/// <param name="Source">The checkpoint's name, or how else the state is had.</param>
internal sealed record RolledBack(long FromSteps, long ToSteps, string Source) : JournalEntry;

/// <summary>Every step is decided and the model is saved.</summary>
internal sealed record RunFinished(long StepsDecided) : JournalEntry;
