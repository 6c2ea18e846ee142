using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Ranking;
using TorchSharp;

namespace Distributed.Benchmarks.Micro;

/// <summary>Multiple-negatives ranking with a hard negative, loss and gradient of the whole batch in shards of 32 rows.</summary>
[InProcess]
public class RankingLossBenchmark
{
    private const int Dim = 384;
    private const int ShardRows = 32;
    private const int Columns = 3;

    private readonly MultipleNegativesRankingLoss _loss = new(new RankingLossOptions());
    private EmbeddingBatch _batch = null!;

    [Params(256, 2048)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Make() => _batch = new EmbeddingBatch
    {
        Columns = [.. Enumerable.Range(0, Columns).Select(_ => torch.randn(Rows, Dim))],
        TextHashes = [.. Enumerable.Range(0, Columns).Select(column => Enumerable.Range(0, Rows).Select(row => (ulong)(column * Rows + row + 1)).ToImmutableArray())],
        Labels = [.. Enumerable.Repeat(-1, Rows)],
        Shards = [.. Enumerable.Range(0, Rows / ShardRows).Select(shard => new ShardRange(shard * ShardRows, ShardRows))],
    };

    [Benchmark]
    public double LossAndGradient()
    {
        using var scope = torch.NewDisposeScope();
        using var pass = _loss.Over(_batch);
        var statistics = torch.cat([.. _batch.Shards.Select(pass.Score)]);
        return _batch.Shards.Sum(shard => pass.Gradient(statistics, shard)[0][0, 0].item<float>());
    }
}
