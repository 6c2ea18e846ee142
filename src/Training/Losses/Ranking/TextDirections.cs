using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>What products are taken of: the embeddings of text columns, scaled to length 1 where the similarity is the cosine, a block of rows at a time.</summary>
/// <param name="columns">Embeddings by column, each [rows, dim].</param>
/// <param name="smallestNorm">Norm below which rows are not scaled to length 1; null: none is scaled.</param>
/// <param name="keeps">Whether a block is kept once it was made.</param>
internal sealed class TextDirections(ImmutableArray<Tensor> columns, double? smallestNorm, bool keeps) : IDisposable
{
    private readonly Dictionary<(int Column, ShardRange Rows), Tensor> _kept = [];

    /// <summary>One block, [rows, dim]: always memory of its own, which starts at a cache line, so that a product's last bits do not depend on the address.</summary>
    public Tensor Of(int column, ShardRange rows)
    {
        if (_kept.TryGetValue((column, rows), out var kept))
            return kept;

        var embeddings = columns[column].narrow(0, rows.Start, rows.Count);
        var made = smallestNorm is { } norm ? UnitRows.Of(embeddings, norm) : embeddings.clone();
        if (keeps)
            _kept.Add((column, rows), made.DetachFromDisposeScope());
        return made;
    }

    public void Dispose()
    {
        foreach (var block in _kept.Values)
            block.Dispose();
        _kept.Clear();
    }
}
