using System.Collections.Immutable;

namespace Distributed.Coordinator.Steps;

/// <summary>What the votes of a step amount to.</summary>
/// <param name="Kind">Which of the five it is.</param>
/// <param name="DivergedRanks">Ranks whose state is in doubt; empty unless <see cref="VerdictKind.Diverged"/>.</param>
/// <param name="Reason">One line for a person; empty where nothing needs a reason.</param>
internal sealed record StepVerdict(VerdictKind Kind, ImmutableArray<int> DivergedRanks, string Reason)
{
    public static StepVerdict Of(VerdictKind kind, string reason = "") => new(kind, [], reason);
}

/// <summary>Kinds of verdict.</summary>
internal enum VerdictKind
{
    /// <summary>Votes are missing.</summary>
    Wait,

    /// <summary>All finite, all equal: the gradient is applied.</summary>
    Commit,

    /// <summary>Not finite, again: the step is over without an update.</summary>
    Skip,

    /// <summary>Not finite, for the first time: the same step once more.</summary>
    Replay,

    /// <summary>Members disagree: some are named.</summary>
    Diverged,
}
