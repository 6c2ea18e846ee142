using System.Text.Json;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Worker.Verbs.Mining;

namespace Distributed.Worker.Tests.Verbs.Mining;

public sealed class MineVerbTests : IDisposable
{
    private static readonly string Model = ReferenceData.PathOf("encoder", "mini-mean");

    private readonly TemporaryFolder _folder = new();

    public MineVerbTests()
    {
        File.WriteAllLines(_folder.PathOf("pairs.tsv"), ["query\tanswer", "a small cat\ta cat", "the tall tree\ta tree", "a small cat\tcats", "big red dog\ta dog"]);
        File.WriteAllLines(_folder.PathOf("corpus.txt"), ["a small cat", "", "the house", "water", "a cat", "stone"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mine_PairsAlone_TakesOtherQueriesPositives()
    {
        var rows = await MineAsync("--negatives", "2");

        Assert.Equal(["a small cat", "the tall tree", "a small cat", "big red dog"], rows.Select(row => Text(row, "query")));
        Assert.Equal(["a cat", "a tree", "cats", "a dog"], rows.Select(row => Text(row, "answer")));
        Assert.All(rows, row => Assert.NotEqual(Text(row, "negative_1"), Text(row, "negative_2")));
        // The two positives of the cat belong to both of its rows.
        Assert.All([rows[0], rows[2]], row => Assert.Equal(["a dog", "a tree"], new[] { Text(row, "negative_1"), Text(row, "negative_2") }.Order()));
    }

    [Fact]
    public async Task Mine_Corpus_TakesItsTextsButNotTheQuerysOwn()
    {
        var rows = await MineAsync("--negatives", "9", "--corpus", _folder.PathOf("corpus.txt"));

        var negatives = Enumerable.Range(1, 6).Select(i => Text(rows[0], $"negative_{i}")).Order();
        Assert.Equal(["a dog", "a tree", "stone", "the house", "water"], negatives.Where(text => text is not null));
    }

    [Fact]
    public async Task Mine_Scores_DescendAndLieBelowThePositivesByTheMargin()
    {
        var rows = await MineAsync("--negatives", "9", "--corpus", _folder.PathOf("corpus.txt"), "--scores", "--margin", "0.01");

        foreach (var row in rows)
        {
            var scores = row.GetProperty("scores").EnumerateArray().Select(score => score.GetSingle()).ToArray();
            Assert.Equal(scores[1..].OrderDescending(), scores[1..]);
            Assert.All(scores[1..], score => Assert.True(score < scores[0] - 0.01));
        }
    }

    [Fact]
    public async Task Mine_Rows_WritesALineForEachNegative()
    {
        var rows = await MineAsync("--negatives", "2", "--format", "rows");

        Assert.Equal(8, rows.Length);
        Assert.All(rows, row => Assert.NotNull(Text(row, "negative")));
        Assert.Equal(["a cat", "a cat", "a tree", "a tree"], rows.Take(4).Select(row => Text(row, "answer")));
    }

    [Fact]
    public async Task Mine_Pairs_WritesAQuerysNegativesOnce()
    {
        var rows = await MineAsync("--negatives", "2", "--format", "pairs");

        var cat = rows.Where(row => Text(row, "query") == "a small cat").ToArray();
        Assert.Equal([1, 0, 0, 1], cat.Select(row => row.GetProperty("label").GetInt32()));
        Assert.Equal(["a cat", "cats"], cat.Where(row => row.GetProperty("label").GetInt32() == 1).Select(row => Text(row, "answer")));
    }

    [Fact]
    public async Task Mine_IncompleteDropped_LeavesOutRowsWithFewer()
    {
        // The cat has two other texts, the others three.
        var rows = await MineAsync("--negatives", "3", "--incomplete", "drop");

        Assert.Equal(["the tall tree", "big red dog"], rows.Select(row => Text(row, "query")));
    }

    [Fact]
    public async Task Mine_CompressedOutput_TrainsAsItIs()
    {
        var invocation = await RunAsync("--output", _folder.PathOf("mined.jsonl.gz"), "--margin", "none", "--negatives", "3");

        Assert.Equal((0, ""), (invocation.ExitCode, invocation.Error));
        Assert.EndsWith("in a job: columns: [query, answer, negative_1, negative_2, negative_3]\n", invocation.Output, StringComparison.Ordinal);
        var set = TrainingSetReader.Read(new DataOptions
        {
            Train = [_folder.PathOf("mined.jsonl.gz")], Columns = ["query", "answer", "negative_1", "negative_2", "negative_3"],
        });
        Assert.Equal(4, set.Rows.Length);
        Assert.Equal([4, 5, 4, 5], set.Rows.Select(row => row.Texts.Count(text => text is not null)));
    }

    [Fact]
    public async Task Mine_LabelledPairs_TrainAsScores()
    {
        await MineAsync("--format", "pairs", "--scores");

        var set = TrainingSetReader.Read(new DataOptions { Train = [_folder.PathOf("mined.jsonl")], Columns = ["query", "answer"], Score = "label" });

        Assert.Equal([1, 0, 1, 0, 1, 1, 0], set.Rows.Select(row => row.Score));
    }

    [Fact]
    public async Task Mine_Summary_CountsPairsByNegatives()
    {
        var invocation = await RunAsync("--output", _folder.PathOf("mined.jsonl"), "--margin", "none", "--negatives", "3");

        Assert.StartsWith(
            "4 pairs, 3 queries, 4 candidates\nnegatives        pairs\n        3            2\n        2            2\nmean similarity: ", invocation.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--margin", "-1", "--margin must be at least 0, not -1.")]
    [InlineData("--margin", "wide", "--margin wide: expected a number.")]
    [InlineData("--relative-margin", "2", "--relative-margin must be at most 1, not 2.")]
    [InlineData("--max-score", "NaN", "--max-score NaN: expected a number.")]
    [InlineData("--sampling", "best", "--sampling best: expected top or random.")]
    [InlineData("--format", "csv", "--format csv: expected columns or rows or pairs.")]
    [InlineData("--incomplete", "no", "--incomplete no: expected keep or drop.")]
    [InlineData("--similarity", "l2", "--similarity l2: expected cosine or dot.")]
    [InlineData("--negatives", "0", "--negatives must be at least 1, not 0.")]
    [InlineData("--negatives", "51", "--negatives 51: ranks 1 to 50 hold only 50 candidates")]
    [InlineData("--rank-min", "51", "--rank-min 51 is beyond --rank-max 50")]
    [InlineData("--seed", "-1", "--seed -1: expected a whole number from 0 to 2147483647.")]
    [InlineData("--limit", "none", "--limit none: expected a whole number.")]
    [InlineData("--corpus", "-", "several processes read the texts: give a file, not standard input")]
    [InlineData("--workers", "2", "this program is one worker; `distributed` starts several")]
    [InlineData("--rank", "1", "--peers, --rank and --world-size go together")]
    public async Task Mine_BadValue_SaysWhatIsExpected(string option, string value, string expected)
    {
        var invocation = await RunAsync("--output", _folder.PathOf("mined.jsonl"), option, value);

        Assert.NotEqual(0, invocation.ExitCode);
        Assert.Contains(expected, invocation.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--min-score 0.5 is above --max-score 0.25", "--min-score", "0.5", "--max-score", "0.25")]
    public async Task Mine_OptionsThatContradict_AreRefused(string expected, params string[] arguments)
    {
        var invocation = await RunAsync(["--output", _folder.PathOf("mined.jsonl"), .. arguments]);

        Assert.NotEqual(0, invocation.ExitCode);
        Assert.Contains(expected, invocation.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mined.jsonl", "no column 'question'", "--anchor", "question")]
    [InlineData("mined.jsonl", "both name the column 'answer'", "--anchor", "answer")]
    [InlineData("mined.jsonl", "none.csv: no such file", "--corpus", "none.csv")]
    [InlineData("mined.jsonl", "no pair has a negative: of 8 candidates within the ranks, 0 are too similar beside the positive (--margin none takes them), 8 above --max-score, 0 below", "--margin", "none", "--max-score", "-1")]
    [InlineData("none/mined.jsonl", "none/mined.jsonl: there is no such folder")]
    public async Task Mine_InputThatDoesNotFit_IsOneLineAndLeavesNothing(string output, string expected, params string[] arguments)
    {
        var before = Directory.GetFiles(_folder.Path);

        var refusal = (await RunAsync(["--output", _folder.PathOf(output), .. arguments])).OneLineOfRefusal();

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("none.txt", "", "the file is empty")]
    [InlineData("none.txt", "\n \n", "no texts")]
    [InlineData("none.csv", "text\n", "no texts")]
    [InlineData("none.foo", "", "unknown format: expected .txt, .jsonl, .csv or .tsv, each plain or .gz, or .parquet")]
    public async Task Mine_CorpusWithoutTexts_IsRefused(string corpus, string content, string expected)
    {
        File.WriteAllText(_folder.PathOf(corpus), content);

        var refusal = (await RunAsync("--output", _folder.PathOf("mined.jsonl"), "--corpus", _folder.PathOf(corpus))).OneLineOfRefusal();

        Assert.Equal($"error: {_folder.PathOf(corpus)}: {expected}", refusal);
    }

    [Fact]
    public async Task Mine_FileNameThatIsTooLong_IsCalledAsItWasAskedFor()
    {
        var output = _folder.PathOf(new string('a', 249) + ".jsonl");

        var refusal = (await RunAsync("--output", output, "--margin", "none")).OneLineOfRefusal();

        Assert.StartsWith($"error: {output}: cannot be written: ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(".partial", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mine_EmptyCell_NamesItsLine()
    {
        File.AppendAllText(_folder.PathOf("pairs.tsv"), "lonely\t\n");

        Assert.Contains("pairs.tsv:6: ", (await RunAsync("--output", _folder.PathOf("mined.jsonl"))).OneLineOfRefusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mine_ColumnOfTheOutput_IsRefused()
    {
        File.WriteAllLines(_folder.PathOf("pairs.tsv"), ["negative\tanswer", "a\tb"]);

        var refusal = (await RunAsync("--output", _folder.PathOf("mined.jsonl"), "--anchor", "negative", "--format", "rows")).OneLineOfRefusal();

        Assert.Contains("a column 'negative' of its own", refusal, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement row, string column) => row.TryGetProperty(column, out var text) ? text.GetString() : null;

    private Task<VerbInvocation> RunAsync(params string[] arguments) => VerbInvocation.RunAsync(
        MineVerb.Create(Hubs.None),
        ["--model", Model, "--pairs", _folder.PathOf("pairs.tsv"), "--positive", "answer", .. arguments.Contains("--anchor") ? (string[])[] : ["--anchor", "query"], .. arguments]);

    /// <summary>Rows of the output, without a margin unless <paramref name="arguments"/> have one.</summary>
    private async Task<JsonElement[]> MineAsync(params string[] arguments)
    {
        var margin = arguments.Contains("--margin") ? (string[])[] : ["--margin", "none"];
        var invocation = await RunAsync(["--output", _folder.PathOf("mined.jsonl"), .. margin, .. arguments]);
        Assert.Equal((0, ""), (invocation.ExitCode, invocation.Error));
        return [.. File.ReadLines(_folder.PathOf("mined.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
