using System.Collections.Immutable;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// The gradient with respect to the embeddings of a rank's share, shard by shard, as the loss gave it: at large batches this and the embeddings are the step's
/// memory, so there is no second copy of it.
/// </summary>
internal sealed class ShardGradients : IDisposable
{
    private readonly ImmutableArray<Tensor>[] _columns; // by shard, then by column, each [shard rows, dim]

    public ShardGradients(StepInput input, ILossPass loss, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        _columns = [.. input.Shards.Select(shard => loss.Gradient(statistics, shard.Rows))];
        foreach (var gradient in _columns.SelectMany(columns => columns))
            gradient.DetachFromDisposeScope();
    }

    /// <summary>The gradient of one of the share's shards, [shard rows × columns, dim], for the only time; the caller disposes it.</summary>
    public Tensor Take(int shard)
    {
        using var scope = NewDisposeScope();
        var gradient = stack(_columns[shard], dim: 1).flatten(0, 1).DetachFromDisposeScope();
        Release(shard);
        return gradient;
    }

    public void Dispose()
    {
        for (var shard = 0; shard < _columns.Length; shard++)
            Release(shard);
    }

    private void Release(int shard)
    {
        foreach (var column in _columns[shard])
            column.Dispose();
        _columns[shard] = [];
    }
}
