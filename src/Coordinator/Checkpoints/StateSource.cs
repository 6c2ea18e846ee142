using System.Collections.Immutable;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Steps;

namespace Distributed.Coordinator.Checkpoints;

/// <summary>The rule by which a generation finds its state: a live copy, else the newest sealed checkpoint, else the initial model.</summary>
internal static class StateSource
{
    /// <summary>Whether a worker has the state after <paramref name="stepsDecided"/> steps, or reaches it by hearing the last decision.</summary>
    public static bool Holds(HeldState held, long stepsDecided, DecidedStep? lastDecision) =>
        held.StepsDecided == stepsDecided
        || (held.StepsDecided == stepsDecided - 1 && lastDecision is { } last && held.PendingDigest is { } pending
            && (last.Outcome is StepOutcome.Skip || pending == last.GradientDigest));

    /// <summary>The state for members that hold <paramref name="held"/>, by rank; null when only the initial model would do and none holds it.</summary>
    /// <param name="held">One state for each rank.</param>
    /// <param name="facts">What was decided and sealed.</param>
    /// <param name="folderExists">Whether a checkpoint's folder is still there.</param>
    public static StateChoice? Choose(ImmutableArray<HeldState> held, RunFacts facts, Func<string, bool> folderExists)
    {
        if (Live(held, facts.StepsDecided, facts.LastDecision) is { } live)
            return live;

        var newest = facts.Checkpoints.FirstOrDefault(c => c.StepsDecided <= facts.StepsDecided && folderExists(c.Folder));
        return newest is not null
            ? new StateChoice(newest.StepsDecided, null, newest.Folder, IsBroadcast: true)
            : Live(held, 0, null);
    }

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
