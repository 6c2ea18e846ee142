using System.Collections.Immutable;
using System.Diagnostics;
using Distributed.Benchmarks.Throughput;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Losses;

/// <summary>Measures one case in a process of its own, so that its peak of memory is its own.</summary>
internal static class LossScaleChild
{
    private const int Shards = 8;
    private const int RowsPerClass = 4;
    private const int Seed = 12;
    private const int MostRounds = 5;
    private static readonly TimeSpan EnoughTime = TimeSpan.FromSeconds(20);

    /// <summary>Runs the case.</summary>
    public static LossScaleAnswer Run(LossScaleCase @case)
    {
        TorchRuntime.Initialize(threads: 1);
        using var numerics = FinalizerGate.Close();
        using var scope = NewDisposeScope();
        random.manual_seed(Seed);
        var batch = Batch(@case);
        var productSeconds = ProductSeconds(@case.Rows);
        var before = PeakMemory.Bytes();

        var times = new List<double>();
        var value = 0.0;
        using var pool = new TensorPool();
        batch = batch with { Pool = pool };
        for (var started = Stopwatch.GetTimestamp(); times.Count < MostRounds && (times.Count < 2 || Stopwatch.GetElapsedTime(started) < EnoughTime);)
        {
            var roundStarted = Stopwatch.GetTimestamp();
            value = @case.IsFull ? FullMatrixLosses.Run(@case.Loss, batch) : Tiled(@case.Loss, batch);
            times.Add(Stopwatch.GetElapsedTime(roundStarted).TotalSeconds);
        }

        return new LossScaleAnswer(times.Order().ElementAt((times.Count - 1) / 2), PeakMemory.Bytes() - before, productSeconds, value);
    }

    private static double Tiled(string kind, EmbeddingBatch batch)
    {
        using var scope = NewDisposeScope();
        var loss = EmbeddingLoss.Create(kind == "mnrl" ? new RankingLossOptions() : new MinedTripletLossOptions());
        using var pass = loss.Over(batch);
        var statistics = cat([.. batch.Shards.Select(pass.Score)]);
        foreach (var shard in batch.Shards)
        {
            using var shardScope = NewDisposeScope();
            foreach (var gradient in pass.Gradient(statistics, shard))
                batch.Pool.Return(gradient);
        }

        return pass.Value(statistics);
    }

    private static EmbeddingBatch Batch(LossScaleCase @case)
    {
        var (rows, columns) = (@case.Rows, @case.Loss == "mnrl" ? 2 : 1);
        var anchors = randn(rows, LossScaleCase.Dim);
        return new EmbeddingBatch
        {
            Columns = columns == 1 ? [anchors] : [anchors, anchors + randn(rows, LossScaleCase.Dim)],
            TextHashes = [.. Enumerable.Range(0, columns).Select(column => Enumerable.Range(1, rows).Select(row => ((ulong)column << 32) + (ulong)row).ToImmutableArray())],
            Labels = [.. Enumerable.Range(0, rows).Select(row => row / RowsPerClass)],
            Shards = [.. Enumerable.Range(0, Shards).Select(shard => new ShardRange(rows / Shards * shard, rows / Shards))],
        };
    }

    private static double ProductSeconds(int rows)
    {
        const int Side = 1024;
        const int Rounds = 20;
        using var scope = NewDisposeScope();
        var (a, b, tile) = (randn(Side, LossScaleCase.Dim), randn(LossScaleCase.Dim, Side), empty(Side, Side));
        mm_out(a, b, tile);
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds; round++)
            mm_out(a, b, tile);
        var share = (double)rows / Side;
        return Stopwatch.GetElapsedTime(started).TotalSeconds / Rounds * share * share;

        static void mm_out(Tensor a, Tensor b, Tensor to) => to.addmm_(a, b, beta: 0, alpha: 1);
    }
}
