using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>What products are taken of: the embeddings of text columns, scaled to length 1 where the similarity is the cosine, a block of rows at a time.</summary>
internal sealed class TextDirections : IDisposable
{
    private readonly ImmutableArray<Tensor> _columns;
    private readonly double? _smallestNorm;
    private readonly int _most;
    private readonly TensorPool _pool;
    private readonly Dictionary<(int Column, ShardRange Rows), Tensor> _made = [];
    private readonly LinkedList<(int Column, ShardRange Rows)> _byUse = []; // the latest last

    /// <param name="columns">Embeddings by column, each [rows, dim].</param>
    /// <param name="smallestNorm">Norm below which rows are not scaled to length 1; null: none is scaled.</param>
    /// <param name="keeps">Whether every block is kept once it was made; otherwise the two that were used last.</param>
    /// <param name="pool">Where blocks come from.</param>
    public TextDirections(ImmutableArray<Tensor> columns, double? smallestNorm, bool keeps, TensorPool pool) =>
        (_columns, _smallestNorm, _most, _pool) = (columns, smallestNorm, keeps ? int.MaxValue : 2, pool);

    /// <summary>
    /// One block, [rows, dim]: always memory of its own, which starts at a cache line, so that a product's last bits do not depend on the address. Owned by this, and
    /// valid until two others were asked for.
    /// </summary>
    public Tensor Of(int column, ShardRange rows)
    {
        if (_most < int.MaxValue && _byUse.Remove((column, rows)))
            _byUse.AddLast((column, rows));
        if (_made.TryGetValue((column, rows), out var known))
            return known;

        if (_made.Count == _most)
            ReturnOldest();
        var embeddings = _columns[column];
        var block = _pool.Rent(rows.Count, embeddings.size(1), embeddings).DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        var source = embeddings.narrow(0, rows.Start, rows.Count);
        if (_smallestNorm is { } norm)
            UnitRows.Write(source, block, norm);
        else
            block.copy_(source);
        _made.Add((column, rows), block);
        _byUse.AddLast((column, rows));
        return block;
    }

    private void ReturnOldest()
    {
        _made.Remove(_byUse.First!.Value, out var oldest);
        _byUse.RemoveFirst();
        _pool.Return(oldest!);
    }

    public void Dispose()
    {
        foreach (var block in _made.Values)
            _pool.Return(block);
        _made.Clear();
        _byUse.Clear();
    }
}
