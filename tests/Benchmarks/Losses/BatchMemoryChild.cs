using System.Collections.Immutable;
using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Collectives;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Training.Steps;

namespace Distributed.Benchmarks.Losses;

/// <summary>Two passes of the product's trainer over the rows, alone in its process.</summary>
internal static class BatchMemoryChild
{
    private const int Dim = 384;
    private const int RowsPerClass = 4;
    private const int Passes = 2;

    /// <summary>Runs the case.</summary>
    public static async Task<BatchMemoryAnswer> RunAsync(BatchMemoryCase @case)
    {
        TorchRuntime.Initialize(threads: 1);
        var words = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "data", "wordnet", "vocab.txt"));
        var (job, set) = (JobOf(@case), SetOf(@case, [.. words.Where(word => word.Length > 3 && word.All(char.IsAsciiLetterLower))]));
        var plans = new BatchPlanner(set, job);
        await using var alone = LoopbackCollectives.Create(1, [new ShardRun(0, job.Batch.Shards)])[0];
        using var trainer = new Trainer(job, EmbeddingModel.Create(job.Model, job.Seed), set, plans, TimeProvider.System);
        var seconds = 0.0;
        for (var step = 0; step < Steps(@case); step++)
        {
            var started = Stopwatch.GetTimestamp();
            await trainer.ComputeStepAsync(plans.Plan(step), alone, CancellationToken.None);
            trainer.Apply(step);
            seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return new BatchMemoryAnswer(PeakMemory.Bytes(), seconds);
    }

    private static int Steps(BatchMemoryCase @case) => Passes * (@case.DataRows / @case.Rows);

    private static Job JobOf(BatchMemoryCase @case) => new()
    {
        Model = new ModelOptions
        {
            New = new NewModelOptions
            {
                Vocabulary = Path.Combine(Repository.Root, "data", "wordnet", "vocab.txt"), Layers = 1, HiddenSize = Dim, Heads = 6, IntermediateSize = Dim, MaxPositions = 64,
            },
        },
        Datasets =
        [
            new DatasetOptions
            {
                Data = new DataOptions { Train = [], Columns = @case.Columns == 2 ? ["anchor", "positive"] : ["text"] },
                Loss = @case.Loss == "mnrl" ? new RankingLossOptions() : new MinedTripletLossOptions(),
            },
        ],
        // As many shards as make micro-batches of the same size in the smallest batch.
        Batch = new BatchOptions { Rows = @case.Rows, Shards = BatchMemoryCase.FewRows * @case.Columns / BatchMemoryCase.MicroBatch, TokensPerMicroBatch = BatchMemoryCase.MicroBatch * BatchMemoryCase.Tokens, GradientCache = GradientCacheMode.On },
        Optimizer = new OptimizerOptions { MaxSteps = Steps(@case) },
        Output = new OutputOptions { Folder = "" },
    };

    private static TrainingSet SetOf(BatchMemoryCase @case, string[] words)
    {
        var random = new Random(1);
        string Text() => string.Join(' ', Enumerable.Range(0, BatchMemoryCase.Tokens - 2).Select(_ => words[random.Next(words.Length)]));
        ImmutableArray<TrainingRow> rows =
            [.. Enumerable.Range(0, @case.DataRows).Select(row => new TrainingRow([.. Enumerable.Range(0, @case.Columns).Select(_ => Text())], row / RowsPerClass))];
        return new TrainingSet(rows, [TrainingDataset.Single(rows, @case.Columns, [])], "made");
    }
}
