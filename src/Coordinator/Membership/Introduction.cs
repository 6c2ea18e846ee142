namespace Distributed.Coordinator.Membership;

/// <summary>What a worker says of itself when its stream opens.</summary>
internal sealed record Introduction
{
    /// <summary>Version of the protocol that the worker speaks.</summary>
    public required int ProtocolVersion { get; init; }

    /// <summary>Stable name of the worker's place.</summary>
    public required string WorkerId { get; init; }

    /// <summary>One life of a process.</summary>
    public required string ProcessIncarnation { get; init; }

    /// <summary>Where peers reach the process.</summary>
    public required string PeerEndpoint { get; init; }

    /// <summary>SHA-256 of the worker's job, in hexadecimal.</summary>
    public required string JobHash { get; init; }

    /// <summary>SHA-256 of the worker's training rows, in hexadecimal.</summary>
    public required string DataFingerprint { get; init; }
}
