using System.Collections.Immutable;

namespace Distributed.Coordinator.Steps;

/// <summary>The rule by which votes become a decision.</summary>
internal static class StepArbiter
{
    /// <summary>What the votes, by rank and null where missing, amount to.</summary>
    /// <param name="votes">One place for each rank.</param>
    /// <param name="planHash">Hash of the plan that was to be computed.</param>
    /// <param name="wasReplayed">Whether this step was computed before and was not finite.</param>
    public static StepVerdict Judge(ImmutableArray<StepVote?> votes, ulong planHash, bool wasReplayed)
    {
        if (votes.Any(v => v is null))
            return StepVerdict.Of(VerdictKind.Wait);

        ImmutableArray<StepVote> all = [.. votes.Select(v => v!)];
        if (RanksWhere(all, v => v.RowsHash != planHash) is { Length: > 0 } strangers)
            return new(VerdictKind.Diverged, strangers, "computed other rows than planned");
        if (all.All(v => !v.IsFinite))
            return StepVerdict.Of(wasReplayed ? VerdictKind.Skip : VerdictKind.Replay, "loss or gradient is not finite");
        if (all.Any(v => v.IsFinite != all[0].IsFinite || v.GradientDigest != all[0].GradientDigest))
            return new(VerdictKind.Diverged, Minority(all), "reduced gradients differ");

        return StepVerdict.Of(VerdictKind.Commit);
    }

    /// <summary>Ranks outside the largest group of equal gradients; every rank where no group is the largest.</summary>
    private static ImmutableArray<int> Minority(ImmutableArray<StepVote> votes)
    {
        var groups = votes.GroupBy(v => (v.IsFinite, v.GradientDigest)).OrderByDescending(g => g.Count()).ToList();
        if (groups[0].Count() == groups[1].Count())
            return [.. Enumerable.Range(0, votes.Length)];

        return RanksWhere(votes, v => (v.IsFinite, v.GradientDigest) != groups[0].Key);
    }

    private static ImmutableArray<int> RanksWhere(ImmutableArray<StepVote> votes, Func<StepVote, bool> predicate) =>
        [.. Enumerable.Range(0, votes.Length).Where(rank => predicate(votes[rank]))];
}
