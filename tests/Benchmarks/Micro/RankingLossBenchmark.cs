using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Ranking;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Micro;

/// <summary>
/// Multiple-negatives ranking of pairs, loss and gradient of the whole batch in 8 shards, beside the same with the full matrix and autograd, and beside one of the
/// matrix products that it consists of.
/// </summary>
[InProcess]
public class RankingLossBenchmark
{
    private const int Dim = 384;
    private const int Shards = 8;
    private const double Scale = 20;

    private readonly MultipleNegativesRankingLoss _loss = new(new RankingLossOptions { Scale = Scale });
    private EmbeddingBatch _batch = null!;

    [Params(256, 4096, 8192)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Make() => _batch = new EmbeddingBatch
    {
        Columns = [randn(Rows, Dim), randn(Rows, Dim)],
        TextHashes = [.. Enumerable.Range(0, 2).Select(column => Enumerable.Range(0, Rows).Select(row => (ulong)(column * Rows + row + 1)).ToImmutableArray())],
        Labels = [.. Enumerable.Repeat(-1, Rows)],
        Shards = [.. Enumerable.Range(0, Shards).Select(shard => new ShardRange(shard * Rows / Shards, Rows / Shards))],
    };

    [Benchmark]
    public double LossAndGradient()
    {
        using var scope = NewDisposeScope();
        using var pass = _loss.Over(_batch);
        var statistics = cat([.. _batch.Shards.Select(pass.Score)]);
        return _batch.Shards.Sum(shard => pass.Gradient(statistics, shard)[0][0, 0].item<float>());
    }

    [Benchmark(Baseline = true)]
    public double FullMatrixByAutograd()
    {
        using var scope = NewDisposeScope();
        var leaves = _batch.Columns.Select(column => column.clone().requires_grad_()).ToArray();
        var z = nn.functional.normalize(leaves[0]).mm(nn.functional.normalize(leaves[1]).t()) * Scale;
        nn.functional.cross_entropy(z, arange(Rows, int64)).backward();
        return leaves[0].grad![0, 0].item<float>();
    }

    [Benchmark]
    public void OneProductInTiles()
    {
        using var scope = NewDisposeScope();
        foreach (var rows in _batch.Columns[0].split(Blocks.Size))
            foreach (var documents in _batch.Columns[1].split(Blocks.Size))
                rows.mm(documents.t()).Dispose();
    }
}
