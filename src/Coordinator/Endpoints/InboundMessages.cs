using System.Collections.Immutable;
using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Membership;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Steps;
using Google.Protobuf.Collections;

namespace Distributed.Coordinator.Endpoints;

using Wire = Distributed.Protocol;

/// <summary>What workers send, checked and turned into events of the run.</summary>
internal static class InboundMessages
{
    private const int LongestName = 128;
    private const int LongestPath = 4096;
    private const int LongestReason = 500;
    private const int MostMetrics = 64;

    /// <summary>The first message of a stream.</summary>
    /// <exception cref="ProtocolViolationException">It is no Hello, or not a proper one.</exception>
    public static Joined ToJoined(long connection, Wire.WorkerMessage message)
    {
        if (message.BodyCase is not Wire.WorkerMessage.BodyOneofCase.Hello)
            throw new ProtocolViolationException("the first message of a stream is Hello");

        var hello = message.Hello;
        return new Joined(connection, new Introduction
        {
            ProtocolVersion = (int)Math.Min(hello.ProtocolVersion, int.MaxValue),
            WorkerId = Name(hello.WorkerId, "worker_id"),
            ProcessIncarnation = Name(hello.ProcessIncarnation, "process_incarnation"),
            PeerEndpoint = Endpoint(hello.PeerEndpoint),
            JobHash = Name(hello.JobHash, "job_hash"),
            DataFingerprint = Name(hello.DataFingerprint, "data_fingerprint"),
        });
    }

    /// <summary>Any later message.</summary>
    /// <exception cref="ProtocolViolationException">It is not allowed here, or a field is out of its range.</exception>
    public static WorkerEvent ToEvent(long connection, Wire.WorkerMessage message) => message.BodyCase switch
    {
        Wire.WorkerMessage.BodyOneofCase.Heartbeat => new Heartbeat(connection),
        Wire.WorkerMessage.BodyOneofCase.Standby => new StoodBy(connection, ToHeld(message.Standby.Held)),
        Wire.WorkerMessage.BodyOneofCase.Ready => new BecameReady(connection, message.Ready.Generation),
        Wire.WorkerMessage.BodyOneofCase.Vote => ToVoted(connection, message.Vote),
        Wire.WorkerMessage.BodyOneofCase.Report => ToTaskEnded(connection, message.Report),
        Wire.WorkerMessage.BodyOneofCase.CheckpointSealed => ToCheckpoint(connection, message.CheckpointSealed),
        Wire.WorkerMessage.BodyOneofCase.GenerationFailed => ToBroke(connection, message.GenerationFailed),
        Wire.WorkerMessage.BodyOneofCase.Hello => throw new ProtocolViolationException("a stream has one Hello"),
        _ => throw new ProtocolViolationException("a message without a body that is known here"),
    };

    private static HeldState ToHeld(Wire.HeldState? held)
    {
        if (held is null || held.StepsDecided < 0)
            throw new ProtocolViolationException("Standby says how many steps the held state includes");

        return new HeldState(held.StepsDecided, held.HasPending ? held.PendingDigest : null);
    }

    private static Voted ToVoted(long connection, Wire.Vote vote) => new(
        connection,
        vote.Generation,
        vote.Step,
        new StepVote(vote.Finite, vote.GradientDigest, vote.RowsHash, vote.Loss, vote.GradientNorm, vote.Timings?.Total ?? 0)
        {
            Watch = vote.Watch.Count == 0 ? null : ToFigures(vote.Watch),
        });

    private static TaskEnded ToTaskEnded(long connection, Wire.TaskReport report) =>
        new(connection, report.Generation, report.Sequence, ToFigures(report.Metrics), OneLine(report.Error));

    private static ImmutableSortedDictionary<string, double> ToFigures(MapField<string, double> figures)
    {
        if (figures.Count > MostMetrics)
            throw new ProtocolViolationException($"more than {MostMetrics} metrics");

        return figures.ToImmutableSortedDictionary(figure => Name(figure.Key, "a metric's name"), figure => figure.Value, StringComparer.Ordinal);
    }

    private static GenerationBroke ToBroke(long connection, Wire.GenerationFailed failed) => failed.DamagedCheckpoint.Length <= LongestPath
        ? new GenerationBroke(connection, failed.Generation, OneLine(failed.Reason), failed.SuspectRank, failed.DamagedCheckpoint)
        : throw new ProtocolViolationException("damaged_checkpoint is a path");

    private static CheckpointWritten ToCheckpoint(long connection, Wire.CheckpointSealed written)
    {
        if (written.Folder.Length is 0 or > LongestPath || !Path.IsPathRooted(written.Folder))
            throw new ProtocolViolationException("a checkpoint's folder is an absolute path");
        if (CheckpointFolders.NameOf(written.Folder) is "" or "." or "..")
            throw new ProtocolViolationException("a checkpoint's folder has a name");

        return new CheckpointWritten(connection, written.StepsDecided, written.Folder, Name(written.ManifestSha256, "manifest_sha256"));
    }

    private static string Name(string value, string field) => value.Length is > 0 and <= LongestName && !value.Any(char.IsControl)
        ? value
        : throw new ProtocolViolationException($"{field} has 1 to {LongestName} printable characters");

    private static string Endpoint(string value) =>
        value.Length <= LongestPath && (value.StartsWith("unix:", StringComparison.Ordinal) || value.StartsWith("tcp:", StringComparison.Ordinal))
            ? value
            : throw new ProtocolViolationException("peer_endpoint is unix:/path or tcp:host:port");

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= LongestReason ? line : line[..LongestReason];
    }
}
