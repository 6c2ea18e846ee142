using System.Net;

namespace Distributed.Coordinator.Hosting;

/// <summary>What the command line says.</summary>
internal sealed record CoordinatorArguments
{
    /// <summary>The job file.</summary>
    public required string JobFile { get; init; }

    /// <summary>Workers that a generation is meant to have; null: what the job says.</summary>
    public int? Workers { get; init; }

    /// <summary>Fewest workers that a generation is formed with.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>Where workers reach the coordinator (HTTP/2 without TLS).</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where status and health are served (HTTP/1.1).</summary>
    public required IPEndPoint Status { get; init; }

    /// <summary>Whether what the run folder holds of an earlier run is deleted first.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Whether the process ends when its standard input closes.</summary>
    public bool HasLifeline { get; init; }
}
