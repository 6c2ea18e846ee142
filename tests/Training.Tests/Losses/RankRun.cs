using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>One rank's part in a loss: its shards' statistics, gathered from all, and its shards' gradients.</summary>
internal sealed record RankRun(Tensor Statistics, ImmutableArray<Tensor> Gradients)
{
    /// <summary>Every rank at once, each on its own copy of the batch.</summary>
    public static Task<RankRun[]> OfAll(IEmbeddingLoss loss, RandomBatch batch, ImmutableArray<ShardRun> runs) => OfAll(loss, () => batch.Build(float32), runs);

    /// <summary>Every rank at once, each on its own copy of the batch.</summary>
    public static async Task<RankRun[]> OfAll(IEmbeddingLoss loss, Func<EmbeddingBatch> batch, ImmutableArray<ShardRun> runs) =>
        await Task.WhenAll(LoopbackCollectives.Create(runs.Length, runs).Select(rank =>
            Task.Run(() => Of(loss, batch(), rank, TestContext.Current.CancellationToken))));

    private static async Task<RankRun> Of(IEmbeddingLoss loss, EmbeddingBatch batch, ICollectives collectives, CancellationToken cancellationToken)
    {
        var run = collectives.Runs[collectives.Rank];
        var shards = batch.Shards[run.First..run.End];
        using var pass = loss.Over(batch);
        var statistics = zeros(batch.Rows, pass.StatisticsPerRow);
        foreach (var shard in shards)
            statistics.narrow(0, shard.Start, shard.Count).copy_(pass.Score(shard));

        long[] offsets = [0, .. collectives.Runs.Select(other => (long)batch.Shards[other.End - 1].End * pass.StatisticsPerRow * sizeof(float))];
        await collectives.AllGatherAsync(new TensorMemory<byte>(statistics).Memory, offsets, cancellationToken);

        var parts = shards.Select(shard => pass.Gradient(statistics, shard)).ToArray();
        return new(statistics, [.. batch.Columns.Select((_, column) => cat([.. parts.Select(part => part[column])], 0))]);
    }
}
