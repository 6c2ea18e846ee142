namespace Distributed.Coordinator.Rendezvous;

/// <summary>How many workers a generation has and how long the coordinator waits for them.</summary>
internal sealed record RendezvousOptions
{
    /// <summary>Workers that a generation is meant to have; more stand by as spares.</summary>
    public required int Workers { get; init; }

    /// <summary>Fewest workers that a generation is formed with. Default 1.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>How long the first worker of a coordinator's life waits for the others. Default 60 s.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long survivors wait for a replacement, from the last change of membership. Default 2 s.</summary>
    public TimeSpan ReplacementGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same where no member holds the state of training, so that going on means going back. Default 10 s.</summary>
    public TimeSpan RecoveryGrace { get; init; } = TimeSpan.FromSeconds(10);
}
