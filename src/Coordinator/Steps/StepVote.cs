using System.Collections.Immutable;

namespace Distributed.Coordinator.Steps;

/// <summary>One member's part of a step, before anything is applied.</summary>
/// <param name="IsFinite">Loss and every component of the reduced gradient are finite.</param>
/// <param name="GradientDigest">XxHash64 of the reduced gradient.</param>
/// <param name="RowsHash">Hash of the plan that was computed.</param>
/// <param name="Loss">Of the global batch.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Seconds">The worker's own time for the step.</param>
internal sealed record StepVote(bool IsFinite, ulong GradientDigest, ulong RowsHash, double Loss, double GradientNorm, double Seconds)
{
    /// <summary>What the embedding watch measured; null: nothing. Of rank 0 only.</summary>
    public ImmutableSortedDictionary<string, double>? Watch { get; init; }
}
