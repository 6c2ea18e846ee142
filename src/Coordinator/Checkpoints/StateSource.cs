using System.Collections.Immutable;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Checkpoints;

/// <summary>The rule by which a generation finds its state: a live copy, else the newest sealed checkpoint, else the initial model if none was sealed.</summary>
internal static class StateSource
{
    /// <summary>Whether a worker has the state after <paramref name="stepsDecided"/> steps, or reaches it by hearing the last decision.</summary>
    public static bool Holds(HeldState held, long stepsDecided, DecidedStep? lastDecision) =>
        held.StepsDecided == stepsDecided
        || (held.StepsDecided == stepsDecided - 1 && lastDecision is { } last && held.PendingDigest is { } pending
            && (last.Outcome is StepOutcome.Skip || pending == last.GradientDigest));

    /// <summary>The state for members that hold <paramref name="held"/>, by rank; null when there is none.</summary>
    /// <param name="held">One state for each rank.</param>
    /// <param name="facts">What was decided and sealed.</param>
    /// <param name="folders">Where checkpoints are.</param>
    public static StateChoice? Choose(ImmutableArray<HeldState> held, RunFacts facts, CheckpointFolders folders)
    {
        if (Live(held, facts.StepsDecided, facts.LastDecision) is { } live)
            return live;

        foreach (var behind in Behind(facts))
            if (folders.Find(behind.Name) is { } folder)
                return new StateChoice(behind.StepsDecided, null, folder, IsBroadcast: true);

        return HasSealed(facts) ? null : Live(held, 0, null);
    }

    /// <summary>Whether the run has a checkpoint to go back to from where it is, wherever that is now: then it never starts over by itself.</summary>
    public static bool HasSealed(RunFacts facts) => Behind(facts).Any();

    private static IEnumerable<CheckpointSealed> Behind(RunFacts facts) => facts.Checkpoints.Where(c => c.StepsDecided <= facts.StepsDecided);

    private static StateChoice? Live(ImmutableArray<HeldState> held, long stepsDecided, DecidedStep? lastDecision)
    {
        // Whoever is there already goes before whoever still has to apply a decision.
        int[] holders =
        [
            .. Enumerable.Range(0, held.Length).Where(r => Holds(held[r], stepsDecided, lastDecision)).OrderByDescending(r => held[r].StepsDecided),
        ];
        return holders.Length == 0 ? null : new StateChoice(stepsDecided, holders[0], null, holders.Length < held.Length);
    }
}
