using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Benchmarks.Throughput;

/// <summary>A case made ready: the job, its rows and its global batches, the same for every side and process.</summary>
/// <param name="Case">The case.</param>
/// <param name="Job">Its job.</param>
/// <param name="Set">Its rows; each has all of its texts.</param>
/// <param name="Plans">Its global batches.</param>
internal sealed record BenchmarkData(BenchmarkCase Case, Job Job, TrainingSet Set, IStepPlans Plans)
{
    private const int Seed = 12;
    private const int RealMaxTokens = 64;
    private const int MadeRows = 4096;
    private const int SpecialTokens = 2;

    /// <summary>Reads data/wordnet, or makes texts of a fixed number of tokens from its vocabulary.</summary>
    /// <param name="benchmark">The case.</param>
    /// <param name="repository">Root of the repository.</param>
    /// <param name="scratch">Folder for a vocabulary of the shape's size.</param>
    public static BenchmarkData Load(BenchmarkCase benchmark, string repository, string scratch)
    {
        var wordnet = Path.Combine(repository, "data", "wordnet");
        var words = File.ReadAllLines(Path.Combine(wordnet, "vocab.txt"));
        ImmutableArray<string> columns = [.. ((string[])["anchor", "positive", "negative"]).Take(benchmark.Columns)];
        var job = JobOf(benchmark, wordnet, columns, VocabularyOfSize(words, benchmark.Shape.Vocabulary, scratch));
        var set = benchmark.Tokens is { } tokens ? Made(words, columns.Length, tokens) : Complete(TrainingSetReader.Read(job.Data));
        return new BenchmarkData(benchmark, job, set, new BatchPlanner(set, job));
    }

    private static Job JobOf(BenchmarkCase benchmark, string wordnet, ImmutableArray<string> columns, string vocabulary) => new()
    {
        Seed = Seed,
        Precision = benchmark.Precision,
        Model = new ModelOptions
        {
            New = new NewModelOptions
            {
                Vocabulary = vocabulary,
                Layers = benchmark.Shape.Layers,
                HiddenSize = benchmark.Shape.Hidden,
                Heads = benchmark.Shape.Heads,
                IntermediateSize = benchmark.Shape.Intermediate,
                MaxPositions = benchmark.Shape.Positions,
            },
            MaxTokens = benchmark.Tokens ?? RealMaxTokens,
            Dropout = BenchmarkCase.Dropout,
        },
        Data = new DataOptions { Train = [Path.Combine(wordnet, "usage-train.jsonl.gz")], Columns = columns },
        Loss = new LossOptions { Scale = BenchmarkCase.Scale },
        Batch = new BatchOptions { Rows = benchmark.Rows },
        Optimizer = new OptimizerOptions { MaxSteps = int.MaxValue },
        Output = new OutputOptions { Folder = "" },
    };

    private static string VocabularyOfSize(string[] words, int size, string scratch)
    {
        var path = Path.Combine(scratch, $"vocab-{size}-{Environment.ProcessId}.txt");
        File.WriteAllLines(path, [.. words, .. Enumerable.Range(0, size - words.Length).Select(i => $"[unused{i}]")]);
        return path;
    }

    private static TrainingSet Complete(TrainingSet set) => set with { Rows = [.. set.Rows.Where(row => !row.Texts.Contains(null))] };

    // Whole words of the vocabulary: a token each.
    private static TrainingSet Made(string[] words, int columns, int tokens)
    {
        var random = new Random(Seed);
        var whole = words.Where(word => word.Length > 2 && word.All(char.IsAsciiLetterLower)).ToArray();
        return new TrainingSet(
            [.. Enumerable.Range(0, MadeRows).Select(_ => new TrainingRow([.. Enumerable.Range(0, columns).Select(_ => Text())], -1))], columns, [], "");

        string Text() => string.Join(' ', random.GetItems(whole, tokens - SpecialTokens));
    }
}
