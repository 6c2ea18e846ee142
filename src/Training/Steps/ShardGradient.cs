using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// The gradient with respect to the embeddings of one shard, as the loss gave it, from just before the shard's backward pass to its end: a rank never holds those of
/// all its shards.
/// </summary>
internal sealed class ShardGradient : IDisposable
{
    private readonly TensorPool _pool;
    private readonly ImmutableArray<Tensor> _columns; // each [shard rows, dim]

    public ShardGradient(ILossPass loss, Tensor statistics, ShardRange shard, TensorPool pool)
    {
        _pool = pool;
        using var scope = NewDisposeScope();
        _columns = loss.Gradient(statistics, shard);
        foreach (var gradient in _columns)
            gradient.DetachFromDisposeScope();
    }

    /// <summary>The gradient of some of the shard's texts, [texts, dim], in the current dispose scope.</summary>
    /// <param name="slots">Row in the shard × columns + column, of each text.</param>
    public Tensor Of(IReadOnlyList<long> slots)
    {
        using var scope = NewDisposeScope();
        var gradient = empty([slots.Count, _columns[0].size(1)], _columns[0].dtype, _columns[0].device);
        foreach (var ofColumn in slots.Index().GroupBy(slot => (int)(slot.Item % _columns.Length)))
        {
            var rows = tensor(ofColumn.Select(slot => slot.Item / _columns.Length).ToArray(), device: gradient.device);
            var texts = tensor(ofColumn.Select(slot => (long)slot.Index).ToArray(), device: gradient.device);
            gradient.index_copy_(0, texts, _columns[ofColumn.Key].index_select(0, rows));
        }

        return gradient.MoveToOuterDisposeScope();
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var column in _columns)
            _pool.Return(column);
    }
}
