using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>Embeddings that can be reckoned with: finite, and of a length whose square is finite too.</summary>
internal static class FiniteRows
{
    private const double LongestNorm = 1e150;

    /// <summary>Rows of the batch, over all columns, that cannot.</summary>
    public static int CountOthers(EmbeddingBatch batch)
    {
        var others = 0L;
        foreach (var column in batch.Columns)
        {
            foreach (var block in Blocks.OfSmall(column))
            {
                using var scope = NewDisposeScope();
                others += Are(column.narrow(0, block.Start, block.Count)).logical_not_().sum().item<long>();
            }
        }

        return (int)others;
    }

    /// <summary>Those of <paramref name="rows"/> that can.</summary>
    public static Tensor Of(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var are = Blocks.Fill(empty(rows.size(0), @bool, rows.device), rows, Are);
        return (are.all().item<bool>() ? rows.alias() : rows.index_select(0, are.nonzero().squeeze(1))).MoveToOuterDisposeScope();
    }

    /// <summary>For each row whether it can, [rows].</summary>
    public static Tensor Are(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var largest = rows.abs().amax([1]);
        return largest.isfinite().logical_and_(largest <= LongestNorm).MoveToOuterDisposeScope();
    }
}
