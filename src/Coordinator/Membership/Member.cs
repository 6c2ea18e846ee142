namespace Distributed.Coordinator.Membership;

/// <summary>A worker whose stream is open.</summary>
internal sealed record Member
{
    /// <summary>Stable name of the worker's place; unique among members.</summary>
    public required string WorkerId { get; init; }

    /// <summary>The stream it speaks through; never reused.</summary>
    public required long Connection { get; init; }

    /// <summary>One life of a process.</summary>
    public required string ProcessIncarnation { get; init; }

    /// <summary>Where peers reach the process.</summary>
    public required string PeerEndpoint { get; init; }

    /// <summary>When the last message of any kind came.</summary>
    public required DateTimeOffset LastHeard { get; init; }

    /// <summary>What the worker does.</summary>
    public MemberPhase Phase { get; init; }

    /// <summary>When <see cref="Phase"/> was entered.</summary>
    public required DateTimeOffset PhaseSince { get; init; }

    /// <summary>What it held when it last stood by.</summary>
    public HeldState Held { get; init; }
}

/// <summary>What a member does.</summary>
internal enum MemberPhase
{
    /// <summary>Said Hello, does not stand by yet.</summary>
    Joining,

    /// <summary>Belongs to no generation and can join one.</summary>
    StandingBy,

    /// <summary>Belongs to the current generation.</summary>
    Active,

    /// <summary>Was told that its generation is over, does not stand by yet.</summary>
    Leaving,
}
