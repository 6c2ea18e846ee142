using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>The semi-hard negative of each positive pair: the nearest row of another label that is farther than the positive, else the farthest one.</summary>
internal sealed class SemiHardRows(EmbeddingBatch batch, ClassRows classes, RowDistance distance)
{
    private const int MostBoundsOneByOne = 16; // sorting a tile costs as much as this many minima

    /// <summary>Row numbers, int64 [rows, P], and their distances; −1 and 0 where all rows have one label.</summary>
    /// <param name="rows">The anchors.</param>
    /// <param name="toPositives">Their distances to their positives, [rows, P].</param>
    public (Tensor Negatives, Tensor Distances) Find(ShardRange rows, Tensor toPositives)
    {
        using var scope = NewDisposeScope();
        var points = Points(rows);
        var beyond = Search.Start(toPositives.shape, double.PositiveInfinity, toPositives);
        var farthest = Search.Start([rows.Count, 1], double.NegativeInfinity, toPositives);
        foreach (var others in Blocks.Of(new(0, batch.Rows)))
        {
            using var tileScope = NewDisposeScope();
            var tile = distance.Tile(points, Points(others));                                          // [rows, others]
            var same = classes.IsSame(rows, others, tile.device);
            var (high, highAt) = tile.masked_fill(same, double.NegativeInfinity).max(1, keepdim: true);
            farthest.Keep(high > farthest.Values, high, highAt + others.Start);

            var (low, lowAt) = Beyond(tile.masked_fill_(same, double.PositiveInfinity), toPositives);
            beyond.Keep(low < beyond.Values, low, lowAt.add_(others.Start));
        }

        var isBeyond = beyond.Rows >= 0;
        var distances = where(isBeyond, beyond.Values, farthest.Values).masked_fill_(farthest.Rows < 0, 0);
        return (where(isBeyond, beyond.Rows, farthest.Rows).MoveToOuterDisposeScope(), distances.MoveToOuterDisposeScope());
    }

    // In each row of a tile the first of the smallest values above each bound; a value of +∞ where none is. Both [rows, bounds].
    private static (Tensor Values, Tensor Places) Beyond(Tensor tile, Tensor bounds)
    {
        if (bounds.size(1) <= MostBoundsOneByOne)
        {
            var found = Enumerable.Range(0, (int)bounds.size(1))
                .Select(bound => tile.masked_fill(tile <= bounds.narrow(1, bound, 1), double.PositiveInfinity).min(1, keepdim: true)).ToArray();
            return (cat([.. found.Select(one => one.values)], 1), cat([.. found.Select(one => one.indexes)], 1));
        }

        var (sorted, order) = tile.sort(1, descending: false, stable: true);
        var places = searchsorted(sorted, bounds, out_int32: false, right: true).clamp_max_(tile.size(1) - 1);
        var values = sorted.gather(1, places);
        return (values.masked_fill_(values <= bounds, double.PositiveInfinity), order.gather(1, places));
    }

    private Tensor Points(ShardRange rows) => distance.Points(batch.Columns[0].narrow(0, rows.Start, rows.Count));

    private sealed record Search(Tensor Values, Tensor Rows)
    {
        public static Search Start(long[] shape, double value, Tensor like) =>
            new(full(shape, value, like.dtype, like.device), full(shape, -1, int64, like.device));

        public void Keep(Tensor better, Tensor values, Tensor rows)
        {
            Values.copy_(where(better, values, Values));
            Rows.copy_(where(better, rows, Rows));
        }
    }
}
