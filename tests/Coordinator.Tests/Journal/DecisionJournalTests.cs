using System.Collections.Immutable;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Rendezvous;
using Distributed.Coordinator.Steps;
using Distributed.Data.Planning;
using Distributed.Jobs;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Coordinator.Tests.Journal;

public sealed class DecisionJournalTests : IDisposable
{
    private static readonly RunIdentity Identity = new("job", "rows", TotalSteps: 10);

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-test-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(10, "disk I/O error", true)]
    [InlineData(13, "database or disk is full", true)]
    [InlineData(26, "file is not a database", false)]
    public void From_FaultOfSqlite_SaysWhetherTheDiskMayBeFull(int code, string message, bool isMachineFault)
    {
        var fault = JournalException.From("/run/journal.db", new SqliteException($"SQLite Error {code}: '{message}'.", code));

        Assert.Equal(isMachineFault, fault.IsMachineFault);
        Assert.Equal(isMachineFault, fault.Message.EndsWith($"'{message}': the disk may be full", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_CannotBeInitialised_LeavesNoNewJournal()
    {
        // No write-ahead log can be opened where a folder has its name.
        var path = Path.Combine(_folder, "new.db");
        Directory.CreateDirectory(path + "-wal");

        Assert.Throws<JournalException>(() => DecisionJournal.Open(path, Identity, _time));

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Open_NewFile_StartsARun()
    {
        using var journal = Open();

        Assert.Matches("^20260304-050607-[0-9a-f]{4}$", journal.Facts.RunId);
        Assert.Equal(1, journal.Facts.Incarnation);
        Assert.Equal(0, journal.Facts.StepsDecided);
    }

    [Fact]
    public void Open_Again_HasEverythingThatWasAppendedAndANewIncarnation()
    {
        string runId;
        using (var journal = Open())
        {
            runId = journal.Facts.RunId;
            journal.Append(new GenerationFormed(new Generation(1, [new("a", 1, "p", "unix:/a", new ShardRun(0, 8))]), 0, "every member holds it"));
            journal.Append(Step(0));
            journal.Append(Step(1) with { Outcome = StepOutcome.Skip, Loss = double.NaN, GradientNorm = double.PositiveInfinity });
            journal.Append(new StateEvaluated(2, 1, Scores(("ndcg@10", 0.25), ("odd", double.NaN))));
            journal.Append(new CheckpointSealed(2, "step-00000002", "ab"));
            journal.Append(new GenerationEnded(1, "worker b lost"));
        }

        using var again = Open();

        var facts = again.Facts;
        Assert.Equal((runId, 2L, 2L, 1L), (facts.RunId, facts.Incarnation, facts.StepsDecided, facts.LastGeneration));
        Assert.Equal([new DecidedStep(1, ulong.MaxValue, 0.5, StepOutcome.Commit), new DecidedStep(1, ulong.MaxValue - 1, double.NaN, StepOutcome.Skip)], facts.History);
        Assert.Equal([("ndcg@10", 0.25), ("odd", double.NaN)], facts.Evaluations.Single().Metrics.Select(m => (m.Key, m.Value)));
        Assert.Equal([new CheckpointSealed(2, "step-00000002", "ab")], facts.Checkpoints);
        Assert.False(facts.IsFinished);
    }

    [Theory]
    [InlineData("/elsewhere/out/checkpoints/step-00000002")]
    [InlineData("/elsewhere/out/checkpoints/step-00000002/")]
    public void Open_WrittenWithWholePaths_KnowsTheCheckpointsByName(string path)
    {
        using (var journal = Open())
        {
            AppendAll(journal, Step(0), Step(1), new CheckpointSealed(2, path, "ab"));
        }

        using var again = Open();

        Assert.Equal([new CheckpointSealed(2, "step-00000002", "ab")], again.Facts.Checkpoints);
    }

    [Fact]
    public void Open_AfterGoingBack_KeepsFirstDigestsAndTheSmallerState()
    {
        using (var journal = Open())
        {
            AppendAll(journal, Step(0), Step(1), Step(2), new RolledBack(3, 1, "/c/1"));
        }

        using (var again = Open())
        {
            Assert.Equal((1L, 3), (again.Facts.StepsDecided, again.Facts.History.Count));
            AppendAll(again, Step(1), new RolledBack(2, 0, "/c/0"), new RolledBack(0, 0, "/c/0"), Step(0));
        }

        using var third = Open();
        Assert.Equal((1L, 3), (third.Facts.StepsDecided, third.Facts.History.Count));
    }

    [Fact]
    public void Open_Again_HasTheWatchesFiguresAndItsAlarms()
    {
        var watch = new WatchOptions { Patience = 2 };
        var collapsed = Scores((WatchFigures.MeanCosine, 1), (WatchFigures.RelativeRadius, 0.015625), (WatchFigures.Loss, 5));
        using (var journal = DecisionJournal.Open(FilePath, Identity, _time, watch))
        {
            AppendAll(journal, Step(0) with { Watch = collapsed }, Step(1), Step(2) with { Watch = collapsed }, new RolledBack(3, 2, "/c/2"));
        }

        using var again = DecisionJournal.Open(FilePath, Identity, _time, watch);

        Assert.Equal([0L, 2], again.Facts.Watch.Points.Select(measured => measured.Step));
        Assert.Equal(collapsed, again.Facts.Watch.Newest!.Figures);
        Assert.Equal(("collapse", 2L), again.Facts.Watch.Active.Select(alarm => (alarm.Name, alarm.Step)).Single());
        // Computed again after going back, the step begins no alarm a second time.
        again.Facts.Apply(Step(2) with { Watch = collapsed });
        Assert.Empty(again.Facts.AlarmChanges);
    }

    [Fact]
    public void Open_AnotherJob_IsRefusedByNameWithWhatToDo()
    {
        Open().Dispose();

        var refusal = Assert.Throws<JournalException>(() => DecisionJournal.Open(FilePath, Identity with { JobHash = "other" }, _time));

        Assert.Contains("the job has changed", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Open_OtherRows_IsRefusedByName()
    {
        Open().Dispose();

        var refusal = Assert.Throws<JournalException>(() => DecisionJournal.Open(FilePath, Identity with { DataFingerprint = "other" }, _time));

        Assert.Contains("training rows have changed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ARefusal_LeavesNoIncarnationBehind()
    {
        Open().Dispose();
        Assert.Throws<JournalException>(() => DecisionJournal.Open(FilePath, Identity with { JobHash = "other" }, _time));

        using var journal = Open();

        Assert.Equal(2, journal.Facts.Incarnation);
    }

    [Fact]
    public void Open_NoDatabase_IsOneLine()
    {
        File.WriteAllText(FilePath, string.Concat(Enumerable.Repeat("this is no database ", 50)));

        var refusal = Assert.Throws<JournalException>(Open);

        Assert.StartsWith(FilePath, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Append_CannotBeWritten_Throws()
    {
        using var journal = Open();
        using var other = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        other.Open();
        using var command = other.CreateCommand();
        command.CommandText = "DROP TABLE decisions";
        command.ExecuteNonQuery();

        Assert.Throws<JournalException>(() => journal.Append(Step(0)));
    }

    [Fact]
    public void Journal_IsSyncedOnEveryCommit()
    {
        using var connection = DecisionJournal.Connect(FilePath);

        // 2 is FULL: with write-ahead logging each commit is synced.
        Assert.Equal(2L, connection.Scalar<long>("PRAGMA synchronous"));
        Assert.Equal("wal", connection.Scalar<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public void Open_AnyHistoryOfStepsAndRollbacks_FoldsToTheSameFacts()
    {
        var number = 0;
        Prop.ForAll<NonNegativeInt[]>(script =>
        {
            var path = Path.Combine(_folder, $"{++number}.db");
            RunFacts before;
            using (var journal = DecisionJournal.Open(path, Identity, _time))
            {
                before = journal.Facts;
                foreach (var word in script.Take(30))
                    AppendAll(journal, word.Get % 4 == 0 ? new RolledBack(before.StepsDecided, word.Get % (before.StepsDecided + 1), "c") : Step(before.StepsDecided));
            }

            using var again = DecisionJournal.Open(path, Identity, _time);
            return again.Facts.StepsDecided == before.StepsDecided && again.Facts.History.SequenceEqual(before.History);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public void Take_HeldByAnother_IsOneLine()
    {
        using var held = RunLock.Take(_folder);

        var refusal = Assert.Throws<JournalException>(() => RunLock.Take(_folder));

        Assert.Contains("another coordinator", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_AfterRelease_Succeeds()
    {
        RunLock.Take(_folder).Dispose();

        RunLock.Take(_folder).Dispose();
    }

    private string FilePath => Path.Combine(_folder, "journal.db");

    private DecisionJournal Open() => DecisionJournal.Open(FilePath, Identity, _time);

    private static void AppendAll(DecisionJournal journal, params ReadOnlySpan<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            journal.Append(entry);
            journal.Facts.Apply(entry);
        }
    }

    private static StepDecided Step(long step) => new()
    {
        Step = step, Epoch = 0, Outcome = StepOutcome.Commit, GradientDigest = ulong.MaxValue - (ulong)step, RowsHash = 1UL << 63, Loss = 0.5,
        GradientNorm = 1, Generation = 1,
    };

    private static ImmutableSortedDictionary<string, double> Scores(params (string Name, double Value)[] scores) =>
        scores.ToImmutableSortedDictionary(s => s.Name, s => s.Value);
}
