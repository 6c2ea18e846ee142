using System.Globalization;
using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Steps;
using Microsoft.Data.Sqlite;

namespace Distributed.Coordinator.Journal;

/// <summary>Rows as journal entries, as far as a resumed run needs them.</summary>
internal static class JournalReader
{
    public static StoredRun ReadRun(SqliteConnection connection) =>
        connection.Rows("SELECT run_id, job_hash, data_fingerprint, total_steps FROM run")
            .Select(row => new StoredRun(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3)))
            .First();

    /// <summary>Entries whose fold is the run's state: decisions and rollbacks in their order, the rest after them.</summary>
    public static IEnumerable<JournalEntry> ReadEntries(SqliteConnection connection) =>
    [
        .. Steps(connection), .. Evaluations(connection), .. Checkpoints(connection), .. LastGeneration(connection), .. Finished(connection),
    ];

    private static IEnumerable<JournalEntry> Steps(SqliteConnection connection)
    {
        var rollbacks = new Queue<(long After, RolledBack Entry)>(
            connection.Rows("SELECT after_decision, from_steps, to_steps, source FROM rollbacks ORDER BY sequence")
                .Select(row => (row.GetInt64(0), new RolledBack(row.GetInt64(1), row.GetInt64(2), row.GetString(3)))));

        foreach (var row in connection.Rows(
            "SELECT sequence, step, epoch, outcome, gradient_digest, rows_hash, loss, gradient_norm, generation, watch FROM decisions ORDER BY sequence"))
        {
            while (rollbacks.TryPeek(out var rollback) && rollback.After < row.GetInt64(0))
                yield return rollbacks.Dequeue().Entry;
            yield return Decided(row);
        }

        foreach (var (_, entry) in rollbacks)
            yield return entry;
    }

    private static StepDecided Decided(SqliteDataReader row) => new()
    {
        Step = row.GetInt64(1),
        Epoch = row.GetInt32(2),
        Outcome = Enum.Parse<StepOutcome>(row.GetString(3), ignoreCase: true),
        GradientDigest = Hex(row.GetString(4)),
        RowsHash = Hex(row.GetString(5)),
        Loss = row.IsDBNull(6) ? double.NaN : row.GetDouble(6),
        GradientNorm = row.IsDBNull(7) ? double.NaN : row.GetDouble(7),
        Generation = row.GetInt64(8),
        Watch = row.IsDBNull(9) ? null : MetricsJson.Read(row.GetString(9)),
    };

    private static IEnumerable<JournalEntry> Evaluations(SqliteConnection connection) =>
        connection.Rows("SELECT steps_decided, generation, metrics FROM evaluations ORDER BY sequence")
            .Select(row => new StateEvaluated(
                row.GetInt64(0), row.GetInt64(1), MetricsJson.Read(row.GetString(2))));

    // Earlier versions wrote whole paths; the run folder may have been moved since.
    private static IEnumerable<JournalEntry> Checkpoints(SqliteConnection connection) =>
        connection.Rows("SELECT steps_decided, folder, manifest_sha256 FROM checkpoints ORDER BY sequence")
            .Select(row => new CheckpointSealed(row.GetInt64(0), CheckpointFolders.NameOf(row.GetString(1)), row.GetString(2)));

    private static IEnumerable<JournalEntry> LastGeneration(SqliteConnection connection) =>
        connection.Rows("SELECT generation, steps_decided, state_source FROM generations ORDER BY generation DESC LIMIT 1")
            .Select(row => new GenerationFormed(new Generation(row.GetInt64(0), []), row.GetInt64(1), row.GetString(2)));

    private static IEnumerable<JournalEntry> Finished(SqliteConnection connection) =>
        connection.Rows("SELECT steps_decided FROM finished").Select(row => new RunFinished(row.GetInt64(0)));

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

/// <summary>The run that a journal holds.</summary>
internal sealed record StoredRun(string RunId, string JobHash, string DataFingerprint, long TotalSteps);
