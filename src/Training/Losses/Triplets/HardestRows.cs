using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// The hardest positive and negative of rows of a batch, over the whole batch and its memory. Of equally hard ones the first; equal rows are equally hard,
/// though a matrix product may give them different last bits. Holds a copy of all embeddings.
/// </summary>
internal sealed class HardestRows : IDisposable
{
    private readonly RowDistance _distance;
    private readonly ImmutableArray<ShardRange> _blocks;
    private readonly ImmutableArray<int> _labels;
    private readonly Tensor _points;      // [candidates, dim], less the origin
    private readonly Tensor _order;       // of a tile
    private readonly TensorPool _pool;
    private readonly Tensor _pointLabels; // [candidates]
    private readonly EqualRows _equals;

    public HardestRows(EmbeddingBatch batch, RowDistance distance)
    {
        using var scope = NewDisposeScope();
        var candidates = new CandidateRows(batch);
        var origin = distance.Origin(batch.Columns[0]);
        (_distance, _blocks, _labels) = (distance, candidates.Blocks, candidates.Labels);
        _pool = batch.Pool;
        _points = _pool.Rent(candidates.Count, origin.size(1), origin).DetachFromDisposeScope();
        _order = _pool.Rent(Blocks.Size, Blocks.Size, origin).DetachFromDisposeScope();
        foreach (var block in _blocks)
        {
            using var blockScope = NewDisposeScope();
            _points.narrow(0, block.Start, block.Count).copy_(distance.Points(candidates.Block(block)).sub_(origin));
        }

        _pointLabels = tensor(_labels.ToArray(), device: origin.device).DetachFromDisposeScope();
        _equals = new EqualRows(candidates);
    }

    /// <summary>
    /// Row numbers, int64 [rows.Count]: the farthest row of the same label, itself excepted, and the nearest row of another label; −1 where there is none.
    /// </summary>
    public (Tensor Positives, Tensor Negatives) Find(ShardRange rows)
    {
        using var scope = NewDisposeScope();
        var (positives, negatives) = HardestKernel.Supports(_order) ? Sweep(rows) : Compare(rows);
        return (
            _equals.First(positives, (row, other) => other != rows.Start + row && _labels[other] == _labels[rows.Start + row]).MoveToOuterDisposeScope(),
            _equals.First(negatives, (row, other) => _labels[other] != _labels[rows.Start + row]).MoveToOuterDisposeScope());
    }

    private (Tensor Positives, Tensor Negatives) Sweep(ShardRange rows)
    {
        var anchors = _points.narrow(0, rows.Start, rows.Count).clone();
        var (farthest, nearest) = (HardestChoice.None(rows.Count, float.NegativeInfinity), HardestChoice.None(rows.Count, float.PositiveInfinity));
        foreach (var candidates in _blocks)
        {
            using var tileScope = NewDisposeScope();
            var order = Blocks.Tile(_order, rows, candidates); // [rows, candidates]
            _distance.Order(anchors, _points.narrow(0, candidates.Start, candidates.Count), order);
            HardestKernel.Find(order, Labels(rows), Labels(candidates), rows.Start - candidates.Start, candidates.Start, farthest, nearest);
        }

        return (tensor(farthest.Rows), tensor(nearest.Rows));

        ReadOnlySpan<int> Labels(ShardRange range) => _labels.AsSpan(range.Start, range.Count);
    }

    // The same by libtorch's operators.
    private (Tensor Positives, Tensor Negatives) Compare(ShardRange rows)
    {
        var anchors = _points.narrow(0, rows.Start, rows.Count).clone();
        var labels = _pointLabels.narrow(0, rows.Start, rows.Count).unsqueeze(1);
        var farthest = full([rows.Count], double.NegativeInfinity, anchors.dtype, anchors.device);
        var nearest = full([rows.Count], double.PositiveInfinity, anchors.dtype, anchors.device);
        var positives = full([rows.Count], -1, int64, anchors.device);
        var negatives = positives.clone();
        foreach (var candidates in _blocks)
        {
            using var tileScope = NewDisposeScope();
            var order = Blocks.Tile(_order, rows, candidates); // [rows, candidates]
            _distance.Order(anchors, _points.narrow(0, candidates.Start, candidates.Count), order);
            var same = labels == _pointLabels.narrow(0, candidates.Start, candidates.Count);
            var (low, lowAt) = order.masked_fill(same, double.PositiveInfinity).min(1);
            Keep(low < nearest, low, lowAt, candidates.Start, nearest, negatives);

            OwnPlaces.Of(same, rows, candidates)?.fill_(false);
            var (high, highAt) = order.masked_fill_(same.logical_not_(), double.NegativeInfinity).max(1);
            Keep(high > farthest, high, highAt, candidates.Start, farthest, positives);
        }

        return (positives, negatives);
    }

    // Only what is strictly harder replaces an earlier row.
    private static void Keep(Tensor harder, Tensor values, Tensor places, int offset, Tensor best, Tensor bestRows)
    {
        best.copy_(where(harder, values, best));
        bestRows.copy_(where(harder, places + offset, bestRows));
    }

    public void Dispose()
    {
        _pool.Return(_points);
        _pool.Return(_order);
        _pointLabels.Dispose();
    }
}
