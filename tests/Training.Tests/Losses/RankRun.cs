using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>One rank's part in a loss: the value, its shards' statistics, gathered from all, and its shards' gradients.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Statistics">Those of all rows.</param>
/// <param name="Gradients">Gradient by column, of the rank's rows.</param>
/// <param name="Shares">Of the gradient of the loss's own parameters: by shard, then parameter.</param>
internal sealed record RankRun(double Value, Tensor Statistics, ImmutableArray<Tensor> Gradients, ImmutableArray<Tensor> Shares) : IDisposable
{
    public bool IsFinite => double.IsFinite(Value) && Gradients.Concat(Shares).All(gradient => gradient.isfinite().all().item<bool>());

    /// <summary>Every rank at once, each on its own copy of the batch.</summary>
    public static Task<RankRun[]> OfAll(IEmbeddingLoss loss, RandomBatch batch, ImmutableArray<ShardRun> runs) => OfAll(loss, () => batch.Build(float32), runs);

    /// <summary>Every rank at once, each on its own copy of the batch.</summary>
    public static async Task<RankRun[]> OfAll(IEmbeddingLoss loss, Func<EmbeddingBatch> batch, ImmutableArray<ShardRun> runs) =>
        await Task.WhenAll(LoopbackCollectives.Create(runs.Length, runs).Select(rank =>
            Task.Run(() => Of(loss, batch, rank, TestContext.Current.CancellationToken))));

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Statistics, .. Gradients, .. Shares])
            tensor.Dispose();
    }

    private static async Task<RankRun> Of(IEmbeddingLoss loss, Func<EmbeddingBatch> build, ICollectives collectives, CancellationToken cancellationToken)
    {
        var batch = Build(build);
        try
        {
            return await Of(loss, batch, collectives, cancellationToken);
        }
        finally
        {
            foreach (var column in TensorsOf(batch))
                column.Dispose();
        }
    }

    private static async Task<RankRun> Of(IEmbeddingLoss loss, EmbeddingBatch batch, ICollectives collectives, CancellationToken cancellationToken)
    {
        var run = collectives.Runs[collectives.Rank];
        var shards = batch.Shards[run.First..run.End];
        using var pass = loss.Over(batch);
        var statistics = Score(pass, batch, shards);

        var rowBytes = pass.StatisticsPerRow * statistics.element_size();
        long[] offsets = [0, .. collectives.Runs.Select(other => batch.Shards[other.End - 1].End * rowBytes)];
        await collectives.AllGatherAsync(new TensorMemory<byte>(statistics).Memory, offsets, cancellationToken);

        return Finish(pass, batch, shards, statistics);
    }

    private static EmbeddingBatch Build(Func<EmbeddingBatch> build)
    {
        using var scope = NewDisposeScope();
        var batch = build();
        foreach (var column in TensorsOf(batch))
            column.DetachFromDisposeScope();
        return batch;
    }

    private static IEnumerable<Tensor> TensorsOf(EmbeddingBatch batch) => batch.Columns.Concat(batch.Guides).Concat(batch.Memory?.Columns ?? []);

    private static Tensor Score(ILossPass pass, EmbeddingBatch batch, ImmutableArray<ShardRange> shards)
    {
        using var scope = NewDisposeScope();
        var statistics = zeros(batch.Rows, pass.StatisticsPerRow, batch.Columns[0].dtype);
        foreach (var shard in shards)
            statistics.narrow(0, shard.Start, shard.Count).copy_(pass.Score(shard));
        return statistics.DetachFromDisposeScope();
    }

    private static RankRun Finish(ILossPass pass, EmbeddingBatch batch, ImmutableArray<ShardRange> shards, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var parts = shards.Select(shard => pass.Gradient(statistics, shard)).ToArray();
        return new(
            pass.Value(statistics),
            statistics,
            [.. batch.Columns.Select((_, column) => cat([.. parts.Select(part => part[column])], 0).DetachFromDisposeScope())],
            [.. shards.SelectMany(shard => pass.ParameterGradient(statistics, shard)).Select(share => share.DetachFromDisposeScope())]);
    }
}
