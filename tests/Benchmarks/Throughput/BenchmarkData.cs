using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Benchmarks.Throughput;

/// <summary>A case made ready: the job, its rows and its global batches, the same for every side and process.</summary>
/// <param name="Job">The job.</param>
/// <param name="Set">Its rows; each has all of its texts, because the peer needs them.</param>
/// <param name="Plans">Its global batches.</param>
internal sealed record BenchmarkData(Job Job, TrainingSet Set, IStepPlans Plans)
{
    private const int Seed = 12;
    private const int MaxSteps = 1000;
    private const int MadeRows = 4096;
    private const int SpecialTokens = 2;
    private const int MiniLmVocabulary = 30_522;

    /// <summary>Reads data/wordnet, or makes texts of a fixed number of tokens from its vocabulary.</summary>
    /// <param name="benchmark">The case.</param>
    /// <param name="repository">Root of the repository.</param>
    /// <param name="scratch">Folder for a vocabulary of MiniLM's size.</param>
    public static BenchmarkData Load(ThroughputCase benchmark, string repository, string scratch)
    {
        var words = File.ReadAllLines(Path.Combine(repository, "data", "wordnet", "vocab.txt"));
        var main = JobFile.Load(Path.Combine(repository, "jobs", "wordnet.yaml"));
        var job = benchmark.IsMainJob ? main : MiniLm(main, benchmark.Tokens, VocabularyOfSize(words, MiniLmVocabulary, scratch));
        job = job with { Precision = benchmark.Precision };
        return benchmark.Tokens is { } tokens ? Of(job, Made(words, job.Datasets[0].Data.Columns.Length, tokens)) : Of(job);
    }

    /// <summary>The rows of a job's single dataset that have all of their texts.</summary>
    public static BenchmarkData Of(Job job) => Of(job, Complete(TrainingSetReader.Read(job.Datasets)));

    private static BenchmarkData Of(Job job, TrainingSet set)
    {
        var endless = job with { Optimizer = job.Optimizer with { MaxSteps = MaxSteps } };
        return new BenchmarkData(endless, set, new BatchPlanner(set, endless));
    }

    // MiniLM-L6: 22.7 million weights. Pairs of the main job's files.
    private static Job MiniLm(Job main, int? tokens, string vocabulary) => new()
    {
        Seed = Seed,
        Model = new ModelOptions
        {
            New = new NewModelOptions
            {
                Vocabulary = vocabulary,
                Layers = 6,
                HiddenSize = 384,
                Heads = 12,
                IntermediateSize = 1536,
                MaxPositions = 512,
            },
            MaxTokens = tokens,
        },
        Datasets = [new DatasetOptions { Data = main.Datasets[0].Data with { Columns = main.Datasets[0].Data.Columns[..2] } }],
        Batch = new BatchOptions { Rows = 64 },
        Output = main.Output,
    };

    private static string VocabularyOfSize(string[] words, int size, string scratch)
    {
        var path = Path.Combine(scratch, "vocab.txt");
        File.WriteAllLines(path, [.. words, .. Enumerable.Range(0, size - words.Length).Select(i => $"[unused{i}]")]);
        return path;
    }

    private static TrainingSet Complete(TrainingSet set) => SetOf([.. set.Rows.Where(row => !row.Texts.Contains(null))], set.Datasets[0].ColumnCount);

    private static TrainingSet SetOf(ImmutableArray<TrainingRow> rows, int columns) => new(rows, [TrainingDataset.Single(rows, columns, [])], "");

    // Whole words of the vocabulary: a token each.
    private static TrainingSet Made(string[] words, int columns, int tokens)
    {
        var random = new Random(Seed);
        var whole = words.Where(word => word.Length > 2 && word.All(char.IsAsciiLetterLower)).ToArray();
        return SetOf([.. Enumerable.Range(0, MadeRows).Select(_ => new TrainingRow([.. Enumerable.Range(0, columns).Select(_ => Text())], -1))], columns);

        string Text() => string.Join(' ', random.GetItems(whole, tokens - SpecialTokens));
    }
}
