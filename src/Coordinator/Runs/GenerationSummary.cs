namespace Distributed.Coordinator.Runs;

/// <summary>A generation of this life of the coordinator, for whoever looks at the run.</summary>
internal sealed record GenerationSummary(long Number, int WorldSize, long StepsDecided, DateTimeOffset FormedAt)
{
    /// <summary>Null while it computes.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended; empty while it computes.</summary>
    public string Reason { get; init; } = "";
}
