using Microsoft.Data.Sqlite;

namespace Distributed.Coordinator.Journal;

/// <summary>The journal of a run folder cannot serve this run. The message is one line for a person.</summary>
internal sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner)
{
    private const int InputOutputError = 10;
    private const int Full = 13;

    /// <summary>Whether the disk is at fault, not what was asked for.</summary>
    public bool IsMachineFault { get; private init; }

    /// <summary>What SQLite could not do with the journal at <paramref name="path"/>.</summary>
    public static JournalException From(string path, SqliteException fault) =>
        fault.SqliteErrorCode is InputOutputError or Full
            ? new JournalException($"{path}: {fault.Message.TrimEnd('.')}: the disk may be full", fault) { IsMachineFault = true }
            : new JournalException($"{path}: {fault.Message}", fault);
}
