namespace Distributed.Worker.Runs;

/// <summary>A gradient was committed that this replica did not compute.</summary>
internal sealed class ReplicaDivergedException(long step, ulong? held, ulong committed)
    : Exception($"step {step}: gradient {committed:x16} was committed, this replica holds {(held is { } digest ? digest.ToString("x16", null) : "none")}");
