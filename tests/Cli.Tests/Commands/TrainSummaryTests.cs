using Distributed.Cli.Commands;
using Distributed.Cli.JobFiles;
using Distributed.Cli.Launching;
using Distributed.Cli.Output;
using Distributed.Cli.Status;
using Distributed.Cli.Tests.JobFiles;
using Distributed.Hub;
using Distributed.Jobs;

namespace Distributed.Cli.Tests.Commands;

public sealed class TrainSummaryTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly SampleJob _sample = new();

    public void Dispose() => _sample.Dispose();

    [Theory]
    [InlineData("1_Pooling/config.json")]
    [InlineData("adapter_config.json")]
    public void Of_AdapterAlone_NamesTheFolderOfTheJob(string file)
    {
        // Whatever the adapter's own file names: it may be another machine's path.
        _sample.Write($"run/model/{file}", "{\"base_model_name_or_path\": null}");

        Assert.Equal($"distributed merge --model {_sample.Folder} --adapter {Model} --output merged", Next(Job("folder: ., lora: {}", "adapter")).Single());
    }

    [Fact]
    public void Of_AdapterOfAModelOfTheHub_NamesItsCommit()
    {
        Assert.True(HubId.TryParse("org/name", out var id));

        Assert.Equal(
            $"distributed merge --model org/name@{Commit} --adapter {Model} --output merged", Next(Job("hub: org/name, lora: {}", "adapter").WithModel(id.At(Commit))).Single());
    }

    [Fact]
    public void Of_MergedModel_SaysHowToEmbedTexts() => Assert.StartsWith($"distributed encode --model {Model} ", Next(Job("folder: ., lora: {}", "merged"))[0], StringComparison.Ordinal);

    [Fact]
    public void Of_JobWithoutEvaluation_OffersNone() => Assert.DoesNotContain(Next(Job("folder: .", "merged", "")), next => next.Contains("evaluate", StringComparison.Ordinal));

    [Fact]
    public void Of_JobWithEvaluation_OffersIt()
    {
        foreach (var file in (string[])["queries.jsonl", "corpus.jsonl", "qrels.tsv"])
            _sample.Write(file, "x");

        Assert.Contains(
            $"distributed evaluate --model {Model} --job job.yaml", Next(Job("folder: .", "merged", "evaluation: {queries: queries.jsonl, corpus: corpus.jsonl, relevance: qrels.tsv}\n")));
    }

    private string Model => Path.Combine(_sample.Folder, "run", "model");

    private EffectiveJob Job(string model, string output, string more = "") => EffectiveJob.Load(
        _sample.Write("job.yaml", $"model: {{{model}}}\ndata: {{train: train.jsonl}}\noutput: {{folder: run, lora: {output}}}\n{more}"), [], "/");

    private string[] Next(EffectiveJob job)
    {
        _sample.Write("run/model/modules.json", "[]");
        var request = new TrainRequest { JobFile = "job.yaml", ProgramFolder = "/", OwnName = ["distributed"], Hub = new HubOptions { CacheFolder = "/", IsOffline = true } };
        var summary = TrainSummary.Of(new ClusterOutcome(0), new RunTally(), new RunFolder(job.Job.Output.Folder), job, request, TimeSpan.Zero);
        return [.. summary.Next.Select(next => next.Command)];
    }
}
