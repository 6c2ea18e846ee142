using System.Collections.Immutable;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>All that a loss says about a batch.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Statistics">The rows' statistics.</param>
/// <param name="Gradients">Gradient by column, whole.</param>
/// <param name="ParameterGradients">Each shard's share of the gradient of each trained number: by shard, then number.</param>
internal sealed record LossOutcome(
    double Value, Tensor Statistics, ImmutableArray<Tensor> Gradients, ImmutableArray<ImmutableArray<Tensor>> ParameterGradients)
{
    /// <summary>Every number that training sees, as bytes.</summary>
    public IEnumerable<byte[]> Bytes =>
        [BitConverter.GetBytes(Value), .. Gradients.Concat(ParameterGradients.SelectMany(shares => shares)).Select(tensor => tensor.cpu().contiguous().bytes.ToArray())];

    /// <summary>Whether all of them are finite.</summary>
    public bool IsFinite =>
        double.IsFinite(Value) && Gradients.Concat(ParameterGradients.SelectMany(shares => shares)).All(tensor => tensor.isfinite().all().item<bool>());

    /// <summary>Of a whole batch in one pass.</summary>
    public static LossOutcome Of(IEmbeddingLoss loss, EmbeddingBatch batch) => Of(loss, batch, [batch.Shards.Length]);

    /// <summary>Of ranks that hold so many shards each: every one has a pass of its own, and computes nothing but its own shards.</summary>
    public static LossOutcome Of(IEmbeddingLoss loss, EmbeddingBatch batch, ImmutableArray<int> shardsPerRank)
    {
        var passes = shardsPerRank.Select(_ => loss.Over(Copy(batch))).ToArray();
        try
        {
            var owners = shardsPerRank.SelectMany((count, rank) => Enumerable.Repeat(passes[rank], count)).ToArray();
            var statistics = cat([.. batch.Shards.Select((shard, number) => owners[number].Score(shard))], dim: 0);
            var parts = batch.Shards.Select((shard, number) => owners[number].Gradient(statistics.clone(), shard)).ToArray();
            return new LossOutcome(
                passes[^1].Value(statistics),
                statistics,
                [.. batch.Columns.Select((_, column) => cat([.. parts.Select(part => part[column])], dim: 0))],
                [.. batch.Shards.Select((shard, number) => owners[number].ParameterGradient(statistics.clone(), shard))]);
        }
        finally
        {
            foreach (var pass in passes)
                pass.Dispose();
        }
    }

    /// <summary>The loss alone.</summary>
    public static double ValueOf(IEmbeddingLoss loss, EmbeddingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var pass = loss.Over(batch);
        return pass.Value(cat([.. batch.Shards.Select(pass.Score)], dim: 0));
    }

    private static EmbeddingBatch Copy(EmbeddingBatch batch) => batch with { Columns = [.. batch.Columns.Select(column => column.clone())] };
}
