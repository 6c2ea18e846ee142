namespace Distributed.Coordinator.Journal;

/// <summary>The tables of journal.db. Every table only grows, but for the end of a generation.</summary>
internal static class JournalSchema
{
    /// <summary>Kept in SQLite's user_version; a journal of another version is refused.</summary>
    public const int Version = 2;

    // Digests and hashes are hexadecimal text: SQLite's integers are signed. Times are ISO 8601, UTC.
    public const string Tables = """
        CREATE TABLE run (
            run_id TEXT NOT NULL,
            job_hash TEXT NOT NULL,
            data_fingerprint TEXT NOT NULL,
            total_steps INTEGER NOT NULL,
            created TEXT NOT NULL);
        CREATE TABLE incarnations (
            incarnation INTEGER PRIMARY KEY,
            started TEXT NOT NULL);
        CREATE TABLE generations (
            generation INTEGER PRIMARY KEY,
            incarnation INTEGER NOT NULL,
            steps_decided INTEGER NOT NULL,
            state_source TEXT NOT NULL,
            formed TEXT NOT NULL,
            ended TEXT,
            end_reason TEXT);
        CREATE TABLE members (
            generation INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            worker_id TEXT NOT NULL,
            process_incarnation TEXT NOT NULL,
            peer_endpoint TEXT NOT NULL,
            first_shard INTEGER NOT NULL,
            shard_count INTEGER NOT NULL,
            PRIMARY KEY (generation, rank)) WITHOUT ROWID;
        CREATE TABLE decisions (
            sequence INTEGER PRIMARY KEY,
            step INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            gradient_digest TEXT NOT NULL,
            rows_hash TEXT NOT NULL,
            loss REAL,
            gradient_norm REAL,
            generation INTEGER NOT NULL,
            watch TEXT,
            decided TEXT NOT NULL);
        CREATE TABLE rollbacks (
            sequence INTEGER PRIMARY KEY,
            after_decision INTEGER NOT NULL,
            from_steps INTEGER NOT NULL,
            to_steps INTEGER NOT NULL,
            source TEXT NOT NULL,
            recorded TEXT NOT NULL);
        CREATE TABLE evaluations (
            sequence INTEGER PRIMARY KEY,
            steps_decided INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            metrics TEXT NOT NULL,
            recorded TEXT NOT NULL);
        CREATE TABLE checkpoints (
            sequence INTEGER PRIMARY KEY,
            steps_decided INTEGER NOT NULL,
            folder TEXT NOT NULL,
            manifest_sha256 TEXT NOT NULL,
            sealed TEXT NOT NULL);
        CREATE TABLE finished (
            steps_decided INTEGER NOT NULL,
            recorded TEXT NOT NULL);
        """;
}
