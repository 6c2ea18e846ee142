namespace Distributed.Worker.Membership;

/// <summary>How a worker keeps in touch with the coordinator.</summary>
internal sealed record ConnectionOptions
{
    /// <summary>Where the coordinator's gRPC service listens.</summary>
    public required Uri Coordinator { get; init; }

    /// <summary>How long a worker that was never connected tries. Default 60 s.</summary>
    public TimeSpan FirstConnectPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a worker that lost its coordinator tries to reach it again. Default 10 min.</summary>
    public TimeSpan ReconnectPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one attempt may take. Default 10 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause between two attempts. Default 3 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time between two heartbeats. Default 1 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);
}
