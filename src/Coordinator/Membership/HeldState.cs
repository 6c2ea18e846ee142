namespace Distributed.Coordinator.Membership;

/// <summary>The state of training that a worker holds.</summary>
/// <param name="StepsDecided">Steps that it includes, committed or skipped: it is the state before this step.</param>
/// <param name="PendingDigest">Digest of a reduced gradient of that step, held and voted for without hearing the decision; null: none.</param>
internal readonly record struct HeldState(long StepsDecided, ulong? PendingDigest = null);
