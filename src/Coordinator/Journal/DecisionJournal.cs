using Distributed.Coordinator.Watch;
using Distributed.Jobs;
using Microsoft.Data.Sqlite;

namespace Distributed.Coordinator.Journal;

/// <summary>The durable history of a run, in SQLite: what was appended is on disk when <see cref="Append"/> returns.</summary>
/// <remarks>One writer, the run's loop. Readers of the file (`inspect`) do not disturb it: write-ahead log.</remarks>
internal sealed class DecisionJournal : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly long _incarnation;

    private DecisionJournal(SqliteConnection connection, TimeProvider time, RunFacts facts)
    {
        _connection = connection;
        _time = time;
        _incarnation = facts.Incarnation;
        Facts = facts;
    }

    /// <summary>What the journal says; the caller keeps it up with what it appends.</summary>
    public RunFacts Facts { get; }

    /// <summary>Opens the journal of a run, or starts one where the file is missing, and begins a new incarnation.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">The run that it has to hold.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">What counts as an alarm; null: the defaults.</param>
    /// <exception cref="JournalException">The file belongs to another run, or cannot be read or written.</exception>
    public static DecisionJournal Open(string path, RunIdentity identity, TimeProvider time, WatchOptions? watch = null)
    {
        SqliteConnection? connection = null;
        var isNew = !File.Exists(path);
        try
        {
            connection = Connect(path);
            return new DecisionJournal(connection, time, Load(connection, path, identity, time, watch ?? new WatchOptions()));
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            if (isNew)
                Discard(path);
            throw JournalException.From(path, e);
        }
        catch (JournalException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Write-ahead log, synced with each commit.</summary>
    internal static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Writes one fact and waits until it is on disk.</summary>
    /// <exception cref="JournalException">It could not be made durable: the process must end, since what it decided is unknown.</exception>
    public void Append(JournalEntry entry)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            JournalWriter.Write(_connection, entry, _incarnation, Now(_time));
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw JournalException.From(_connection.DataSource, e);
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Deletes a journal that never held a run, as far as it can be deleted.</summary>
    private static void Discard(string path)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            try
            {
                File.Delete(path + suffix);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What is told is why it was not made.
            }
        }
    }

    private static RunFacts Load(SqliteConnection connection, string path, RunIdentity identity, TimeProvider time, WatchOptions watch)
    {
        using var transaction = connection.BeginTransaction();
        var version = connection.Scalar<long>("PRAGMA user_version");
        if (version is not (0 or JournalSchema.Version))
            throw new JournalException($"{path}: of format {version}, not {JournalSchema.Version}; give another output folder, or --fresh to start over");
        if (version == 0)
            Create(connection, identity, time);

        var stored = JournalReader.ReadRun(connection);
        Refuse(path, stored, identity);

        var incarnation = connection.Scalar<long>("SELECT coalesce(max(incarnation), 0) + 1 FROM incarnations");
        connection.Execute("INSERT INTO incarnations VALUES ($incarnation, $now)", ("$incarnation", incarnation), ("$now", Now(time)));

        var facts = new RunFacts
        {
            RunId = stored.RunId, Incarnation = incarnation, JobHash = identity.JobHash, DataFingerprint = identity.DataFingerprint,
            Watch = new EmbeddingHistory(watch),
        };
        foreach (var entry in JournalReader.ReadEntries(connection))
            facts.Apply(entry);
        transaction.Commit();
        return facts;
    }

    private static void Create(SqliteConnection connection, RunIdentity identity, TimeProvider time)
    {
        connection.Execute(JournalSchema.Tables);
        connection.Execute(
            "INSERT INTO run VALUES ($run, $job, $data, $steps, $now)",
            ("$run", NewRunId(time)), ("$job", identity.JobHash), ("$data", identity.DataFingerprint),
            ("$steps", identity.TotalSteps), ("$now", Now(time)));
        connection.Execute($"PRAGMA user_version = {JournalSchema.Version}");
    }

    private static void Refuse(string path, StoredRun stored, RunIdentity identity)
    {
        string? what = stored switch
        {
            _ when stored.JobHash != identity.JobHash => "the job has changed",
            _ when stored.DataFingerprint != identity.DataFingerprint => "the training rows have changed",
            _ when stored.TotalSteps != identity.TotalSteps => $"it had {stored.TotalSteps} steps, not {identity.TotalSteps}",
            _ => null,
        };
        if (what is not null)
            throw new JournalException($"{path} holds run {stored.RunId}, but {what} since: give another output folder, or --fresh to start over");
    }

    private static string NewRunId(TimeProvider time) =>
        $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(4, lowercase: true)}";

    private static string Now(TimeProvider time) => time.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
