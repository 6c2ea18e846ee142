using System.Text.Json;
using Distributed.Testing;
using Distributed.Worker.Verbs;

namespace Distributed.Worker.Tests.Verbs;

public sealed class EvaluateVerbTests : IDisposable
{
    private static readonly string Model = ReferenceData.PathOf("encoder", "mini-mean");

    private readonly TemporaryFolder _folder = new();

    public EvaluateVerbTests()
    {
        File.WriteAllLines(_folder.PathOf("queries.jsonl"), ["{\"anchor\": \"a small cat\", \"positive\": \"a cat\"}", "{\"anchor\": \"the tall tree\"}"]);
        File.WriteAllLines(_folder.PathOf("corpus.jsonl"), ["{\"id\": \"x\", \"text\": \"the tall tree\"}", "{\"id\": \"y\", \"text\": \"a small cat\"}"]);
        File.WriteAllLines(_folder.PathOf("relevance.tsv"), ["0\ty", "1\tx"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Evaluate_QueriesThatAreTheirEntries_ScoresOne()
    {
        var invocation = await RunAsync([.. Files(), "--json"]);

        Assert.Equal(0, invocation.ExitCode);
        using var scores = JsonDocument.Parse(invocation.Output);
        foreach (var measure in (string[])["ndcg@10", "mrr@10", "recall@1", "recall@10"])
            Assert.Equal(1, scores.RootElement.GetProperty(measure).GetDouble());
        Assert.Equal(2, scores.RootElement.GetProperty("queries").GetInt32());
    }

    [Fact]
    public async Task Evaluate_WithoutJson_PrintsATable()
    {
        var invocation = await RunAsync(Files());

        Assert.Equal("2 queries, 2 entries\nndcg@10    1.0000\nmrr@10     1.0000\nrecall@1   1.0000\nrecall@10  1.0000\n", invocation.Output);
    }

    [Fact]
    public async Task Evaluate_JobFile_UsesItsEvaluationSection()
    {
        File.WriteAllText(_folder.PathOf("job.yaml"), $"""
            model:
              folder: {Model}
            data:
              train: queries.jsonl
              columns: [anchor, positive]
            evaluation:
              queries: queries.jsonl
              corpus: corpus.jsonl
              relevance: relevance.tsv
            output:
              folder: run
            """);

        var invocation = await RunAsync("--job", _folder.PathOf("job.yaml"));

        Assert.Equal("", invocation.Error);
        Assert.Contains("recall@1   1.0000", invocation.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_UnknownEntryInRelevance_NamesItsLine()
    {
        File.WriteAllLines(_folder.PathOf("relevance.tsv"), ["0\ty", "1\tz"]);

        Assert.Contains("relevance.tsv:2: ", (await RunAsync(Files())).OneLineOfRefusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_JobAndFiles_IsRefused()
    {
        var invocation = await RunAsync([.. Files(), "--job", "job.yaml"]);

        Assert.NotEqual(0, invocation.ExitCode);
        Assert.Contains("Give either --job, or --queries, --corpus and --relevance.", invocation.Error, StringComparison.Ordinal);
    }

    private string[] Files() =>
        ["--queries", _folder.PathOf("queries.jsonl"), "--corpus", _folder.PathOf("corpus.jsonl"), "--relevance", _folder.PathOf("relevance.tsv")];

    private static Task<VerbInvocation> RunAsync(params string[] arguments) =>
        VerbInvocation.RunAsync(EvaluateVerb.Create(Hubs.None), ["--model", Model, "--threads", "1", .. arguments]);
}
