using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Distributed.Coordinator.Journal;

/// <summary>Journal entries as rows. The caller owns the transaction.</summary>
internal static class JournalWriter
{
    public static void Write(SqliteConnection connection, JournalEntry entry, long incarnation, string now)
    {
        switch (entry)
        {
            case GenerationFormed formed:
                Write(connection, formed, incarnation, now);
                break;
            case GenerationEnded ended:
                connection.Execute(
                    "UPDATE generations SET ended = $now, end_reason = $reason WHERE generation = $generation",
                    ("$generation", ended.Generation), ("$reason", ended.Reason), ("$now", now));
                break;
            case StepDecided decided:
                Write(connection, decided, now);
                break;
            case StateEvaluated evaluated:
                connection.Execute(
                    "INSERT INTO evaluations (steps_decided, generation, metrics, recorded) VALUES ($steps, $generation, $metrics, $now)",
                    ("$steps", evaluated.StepsDecided), ("$generation", evaluated.Generation),
                    ("$metrics", MetricsJson.Write(evaluated.Metrics)), ("$now", now));
                break;
            case CheckpointSealed checkpoint:
                connection.Execute(
                    "INSERT INTO checkpoints (steps_decided, folder, manifest_sha256, sealed) VALUES ($steps, $folder, $manifest, $now)",
                    ("$steps", checkpoint.StepsDecided), ("$folder", checkpoint.Name), ("$manifest", checkpoint.ManifestSha256), ("$now", now));
                break;
            case RolledBack back:
                connection.Execute(
                    """
                    INSERT INTO rollbacks (after_decision, from_steps, to_steps, source, recorded)
                    VALUES ((SELECT coalesce(max(sequence), 0) FROM decisions), $from, $to, $source, $now)
                    """,
                    ("$from", back.FromSteps), ("$to", back.ToSteps), ("$source", back.Source), ("$now", now));
                break;
            case RunFinished finished:
                connection.Execute("INSERT INTO finished VALUES ($steps, $now)", ("$steps", finished.StepsDecided), ("$now", now));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(entry), entry, "no table for this entry");
        }
    }

    private static void Write(SqliteConnection connection, GenerationFormed formed, long incarnation, string now)
    {
        var generation = formed.Generation;
        connection.Execute(
            """
            INSERT INTO generations (generation, incarnation, steps_decided, state_source, formed)
            VALUES ($generation, $incarnation, $steps, $source, $now)
            """,
            ("$generation", generation.Number), ("$incarnation", incarnation), ("$steps", formed.StepsDecided), ("$source", formed.Source), ("$now", now));
        for (var rank = 0; rank < generation.Members.Length; rank++)
        {
            var member = generation.Members[rank];
            connection.Execute(
                "INSERT INTO members VALUES ($generation, $rank, $worker, $process, $endpoint, $first, $count)",
                ("$generation", generation.Number), ("$rank", rank), ("$worker", member.WorkerId), ("$process", member.ProcessIncarnation),
                ("$endpoint", member.PeerEndpoint), ("$first", member.Shards.First), ("$count", member.Shards.Count));
        }
    }

    private static void Write(SqliteConnection connection, StepDecided decided, string now) =>
        connection.Execute(
            """
            INSERT INTO decisions (step, epoch, outcome, gradient_digest, rows_hash, loss, gradient_norm, generation, watch, decided)
            VALUES ($step, $epoch, $outcome, $digest, $rows, $loss, $norm, $generation, $watch, $now)
            """,
            ("$step", decided.Step), ("$epoch", decided.Epoch), ("$outcome", decided.Outcome.ToString().ToUpperInvariant()),
            ("$digest", Hex(decided.GradientDigest)), ("$rows", Hex(decided.RowsHash)), ("$loss", Finite(decided.Loss)),
            ("$norm", Finite(decided.GradientNorm)), ("$generation", decided.Generation),
            ("$watch", decided.Watch is { } watch ? MetricsJson.Write(watch) : null), ("$now", now));

    private static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);

    // SQLite stores no NaN: it becomes NULL, and infinities would not survive a dump.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
