using Distributed.Coordinator.Hosting;
using Distributed.Coordinator.Tests.Endpoints;

namespace Distributed.Coordinator.Tests.Hosting;

public sealed class PreparedRunTests : IDisposable
{
    private readonly JobFolder _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public void From_Job_TakesItsStepsAndNumbers()
    {
        using var run = PreparedRun.From(_job.Arguments(), TimeProvider.System);

        Assert.Equal((3L, 8, 100), (run.Plan.TotalSteps, run.Plan.Shards, run.Plan.CheckpointEverySteps));
        Assert.False(run.Plan.HasEvaluation);
        Assert.Equal(_job.Output, run.Folder);
    }

    [Fact]
    public void From_MistakesInTheJob_AreALineEach()
    {
        using var job = new JobFolder(extra: "surprise: 1\nseed: x");

        var mistakes = Assert.Throws<BadInputException>(() => PreparedRun.From(job.Arguments(), TimeProvider.System)).Message.Split('\n');

        Assert.Equal(2, mistakes.Length);
        Assert.All(mistakes, m => Assert.StartsWith(job.JobFile, m, StringComparison.Ordinal));
    }

    [Fact]
    public void From_NoJobFile_SaysSo()
    {
        var arguments = _job.Arguments() with { JobFile = _job.JobFile + ".missing" };

        Assert.Contains("no such file", Assert.Throws<BadInputException>(() => PreparedRun.From(arguments, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, "--workers 0")]
    [InlineData(9, 1, "--workers 9")]
    [InlineData(2, 3, "--min-workers 3")]
    [InlineData(2, 0, "--min-workers 0")]
    public void From_ImpossibleNumbers_AreRefused(int workers, int minWorkers, string expected)
    {
        var arguments = _job.Arguments(workers) with { MinWorkers = minWorkers };

        Assert.Contains(expected, Assert.Throws<BadInputException>(() => PreparedRun.From(arguments, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_AnotherCoordinatorInTheFolder_IsRefused()
    {
        using var run = PreparedRun.From(_job.Arguments(), TimeProvider.System);

        Assert.Contains(
            "another coordinator", Assert.Throws<BadInputException>(() => PreparedRun.From(_job.Arguments(), TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_RowsChanged_IsRefusedUntilFresh()
    {
        PreparedRun.From(_job.Arguments(), TimeProvider.System).Dispose();
        var stale = Directory.CreateDirectory(Path.Combine(_job.Output, "checkpoints", "step-3"));
        File.AppendAllText(Path.Combine(Path.GetDirectoryName(_job.JobFile)!, "train.jsonl"), """{"anchor":"new","positive":"new"}""" + "\n");

        Assert.Throws<BadInputException>(() => PreparedRun.From(_job.Arguments(), TimeProvider.System));
        using var run = PreparedRun.From(_job.Arguments(isFresh: true), TimeProvider.System);

        Assert.Equal(1, run.Journal.Facts.Incarnation);
        Assert.False(stale.Exists && Directory.Exists(stale.FullName));
    }

    [Fact]
    public void From_CheckpointsWithoutAJournal_IsRefusedUntilFresh()
    {
        Directory.CreateDirectory(Path.Combine(_job.Output, "checkpoints", "step-00000003"));

        var message = Assert.Throws<BadInputException>(() => PreparedRun.From(_job.Arguments(), TimeProvider.System)).Message;

        Assert.Contains("--fresh", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.False(File.Exists(Path.Combine(_job.Output, "journal.db")));
        PreparedRun.From(_job.Arguments(isFresh: true), TimeProvider.System).Dispose();
    }

    [Fact]
    public void From_RelevanceOfAnUnknownQuery_IsOneLineOfThatFile()
    {
        using var job = new JobFolder(extra: """
            evaluation:
              queries: queries.jsonl
              query_id: id
              corpus: corpus.jsonl
              corpus_id: id
              relevance: qrels.tsv
            """);
        var folder = Path.GetDirectoryName(job.JobFile)!;
        File.WriteAllText(Path.Combine(folder, "queries.jsonl"), """{"id":"q","anchor":"a"}""");
        File.WriteAllText(Path.Combine(folder, "corpus.jsonl"), """{"id":"c","text":"a"}""");
        File.WriteAllText(Path.Combine(folder, "qrels.tsv"), "query\tcorpus\trelevance\nother\tc\t1\n");

        var message = Assert.Throws<BadInputException>(() => PreparedRun.From(job.Arguments(), TimeProvider.System)).Message;

        Assert.StartsWith(Path.Combine(folder, "qrels.tsv"), message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void From_OutputIsAFile_IsOneLine()
    {
        File.WriteAllText(_job.Output, "");

        Assert.DoesNotContain('\n', Assert.Throws<BadInputException>(() => PreparedRun.From(_job.Arguments(), TimeProvider.System)).Message);
    }
}
