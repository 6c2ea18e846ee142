namespace Distributed.Worker.Tests.Runs;

/// <summary>Where a fake replica can be killed.</summary>
internal enum ReplicaPoint
{
    BeforeGather,
    BeforeSum,
    BeforeVote,
    Export,
    Import,
}

/// <summary>A worker dies here: its sockets and its stream close without a word.</summary>
internal sealed class KilledException : Exception;
