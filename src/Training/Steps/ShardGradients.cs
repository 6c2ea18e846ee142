using System.Collections.Immutable;
using Distributed.Training.Losses;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// The gradient with respect to the embeddings of a rank's share, shard by shard, as the loss gave it: at large batches this and the embeddings are the step's
/// memory, so there is no second copy of it.
/// </summary>
internal sealed class ShardGradients : IDisposable
{
    private readonly TensorPool _pool;
    private readonly ImmutableArray<Tensor>[] _columns; // by shard, then by column, each [shard rows, dim]

    public ShardGradients(StepInput input, ILossPass loss, Tensor statistics, TensorPool pool)
    {
        _pool = pool;
        using var scope = NewDisposeScope();
        _columns = [.. input.Shards.Select(shard => loss.Gradient(statistics, shard.Rows))];
        foreach (var gradient in _columns.SelectMany(columns => columns))
            gradient.DetachFromDisposeScope();
    }

    /// <summary>The gradient of some texts of one of the share's shards, [texts, dim], in the current dispose scope.</summary>
    /// <param name="shard">Place of the shard in the share.</param>
    /// <param name="slots">Row in the shard × columns + column, of each text.</param>
    public Tensor Of(int shard, IReadOnlyList<long> slots)
    {
        using var scope = NewDisposeScope();
        var columns = _columns[shard];
        var gradient = empty([slots.Count, columns[0].size(1)], columns[0].dtype, columns[0].device);
        foreach (var ofColumn in slots.Index().GroupBy(slot => (int)(slot.Item % columns.Length)))
        {
            var rows = tensor(ofColumn.Select(slot => slot.Item / columns.Length).ToArray(), device: gradient.device);
            var texts = tensor(ofColumn.Select(slot => (long)slot.Index).ToArray(), device: gradient.device);
            gradient.index_copy_(0, texts, columns[ofColumn.Key].index_select(0, rows));
        }

        return gradient.MoveToOuterDisposeScope();
    }

    /// <summary>Gives back the memory of a shard whose gradient is no longer needed.</summary>
    public void Release(int shard)
    {
        foreach (var column in _columns[shard])
            _pool.Return(column);
        _columns[shard] = [];
    }

    public void Dispose()
    {
        for (var shard = 0; shard < _columns.Length; shard++)
            Release(shard);
    }
}
