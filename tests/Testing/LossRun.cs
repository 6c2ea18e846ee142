using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Testing;

/// <summary>A loss over a whole batch, shard after shard in this process: what the ranks of a generation compute together.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Statistics">The rows' statistics.</param>
/// <param name="Gradients">Gradient by column, whole.</param>
public sealed record LossRun(double Value, Tensor Statistics, ImmutableArray<Tensor> Gradients)
{
    /// <summary>Loss and gradient.</summary>
    public static LossRun Of(IEmbeddingLoss loss, EmbeddingBatch batch)
    {
        using var pass = loss.Over(batch);
        var statistics = cat([.. batch.Shards.Select(pass.Score)], 0);
        var parts = batch.Shards.Select(shard => pass.Gradient(statistics, shard)).ToArray();
        var gradients = batch.Columns.Select((_, column) => cat([.. parts.Select(part => part[column])], 0)).ToImmutableArray();
        return new(pass.Value(statistics), statistics, gradients);
    }

    /// <summary>The loss alone.</summary>
    public static double ValueOf(IEmbeddingLoss loss, EmbeddingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var pass = loss.Over(batch);
        return pass.Value(cat([.. batch.Shards.Select(pass.Score)], 0));
    }

    /// <summary>Consecutive shards of a batch, sizes that differ by at most 1.</summary>
    public static ImmutableArray<ShardRange> Shards(int rows, int count) =>
        [.. Enumerable.Range(0, count).Select(s => new ShardRange(rows * s / count, (rows * (s + 1) / count) - (rows * s / count)))];
}
