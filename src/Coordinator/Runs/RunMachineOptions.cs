using Distributed.Coordinator.Rendezvous;

namespace Distributed.Coordinator.Runs;

/// <summary>How many workers a run has and how patient it is with them.</summary>
internal sealed record RunMachineOptions
{
    /// <summary>When a generation is formed.</summary>
    public required RendezvousOptions Rendezvous { get; init; }

    /// <summary>Silence after which a worker counts as lost; workers speak once a second. Default 10 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the last member may need to be ready after the one before it. Default 60 s.</summary>
    public TimeSpan ReadyDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Generations in a row without a decision after which the run fails. Default 20.</summary>
    public int MostFruitlessGenerations { get; init; } = 20;

    /// <summary>Skipped steps in a row after which the run fails. Default 3.</summary>
    public int MostSkips { get; init; } = 3;
}
