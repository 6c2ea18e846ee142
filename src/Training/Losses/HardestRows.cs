using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>
/// The hardest positive and negative of each of some rows, over the whole batch. Of equally hard ones the first in canonical order; equal rows are equally
/// hard, though a matrix product may give them different last bits.
/// </summary>
internal static class HardestRows
{
    /// <summary>
    /// Row numbers, int64 [rows.Count]: the farthest row of the same label, itself excepted, and the nearest row of another label; −1 where there is none.
    /// </summary>
    public static (Tensor Positives, Tensor Negatives) Find(EmbeddingBatch batch, ShardRange rows, RowDistance distance)
    {
        using var scope = NewDisposeScope();
        var embeddings = batch.Columns[0];
        var origin = distance.Origin(embeddings);
        var anchors = distance.Points(embeddings.narrow(0, rows.Start, rows.Count)).sub_(origin);
        var farthest = full([rows.Count], double.NegativeInfinity, embeddings.dtype, embeddings.device);
        var nearest = full([rows.Count], double.PositiveInfinity, embeddings.dtype, embeddings.device);
        var positives = full([rows.Count], -1, int64, embeddings.device);
        var negatives = positives.clone();
        foreach (var candidates in Blocks.Of(new(0, batch.Rows)))
        {
            using var tileScope = NewDisposeScope();
            var order = distance.Order(anchors, distance.Points(embeddings.narrow(0, candidates.Start, candidates.Count)).sub_(origin));
            var same = Labels(batch, rows, order.device).unsqueeze(1) == Labels(batch, candidates, order.device);  // [rows, candidates]
            var (low, lowAt) = order.masked_fill(same, double.PositiveInfinity).min(1);
            Keep(low < nearest, low, lowAt, candidates.Start, nearest, negatives);

            ExceptSelf(same, rows, candidates);
            var (high, highAt) = order.masked_fill_(same.logical_not_(), double.NegativeInfinity).max(1);
            Keep(high > farthest, high, highAt, candidates.Start, farthest, positives);
        }

        var equals = new EqualRows(batch);
        return (
            equals.First(positives, (row, other) => other != rows.Start + row && batch.Labels[other] == batch.Labels[rows.Start + row]).MoveToOuterDisposeScope(),
            equals.First(negatives, (row, other) => batch.Labels[other] != batch.Labels[rows.Start + row]).MoveToOuterDisposeScope());
    }

    private static Tensor Labels(EmbeddingBatch batch, ShardRange rows, Device device) =>
        tensor(batch.Labels.AsSpan(rows.Start, rows.Count).ToArray(), device: device);

    private static void ExceptSelf(Tensor same, ShardRange rows, ShardRange candidates)
    {
        var start = Math.Max(rows.Start, candidates.Start);
        var count = Math.Min(rows.End, candidates.End) - start;
        if (count > 0)
            same.narrow(0, start - rows.Start, count).narrow(1, start - candidates.Start, count).diagonal().fill_(false);
    }

    // Only what is strictly harder replaces an earlier row.
    private static void Keep(Tensor harder, Tensor values, Tensor places, int offset, Tensor best, Tensor bestRows)
    {
        best.copy_(where(harder, values, best));
        bestRows.copy_(where(harder, places + offset, bestRows));
    }
}
