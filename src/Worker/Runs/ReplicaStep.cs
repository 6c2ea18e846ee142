namespace Distributed.Worker.Runs;

/// <summary>What a replica says about a step that it computed and did not apply.</summary>
/// <param name="Finite">Loss and every component of the reduced gradient are finite.</param>
/// <param name="Digest">XxHash64 of the reduced gradient's bytes, after the division and before clipping.</param>
/// <param name="Loss">Of the global batch.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Timings">Where the time went.</param>
internal sealed record ReplicaStep(bool Finite, ulong Digest, double Loss, double GradientNorm, ReplicaTimings Timings);

/// <summary>Where the time of one step went.</summary>
internal sealed record ReplicaTimings(TimeSpan Encode, TimeSpan Gather, TimeSpan Loss, TimeSpan Backward, TimeSpan Reduce, TimeSpan Total);
