using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>The hardest positive and negative of a block of rows among the candidates seen so far, tile by tile, the candidates in their order.</summary>
/// <param name="rows">The block.</param>
internal abstract class HardestSearch(ShardRange rows)
{
    /// <summary>The block.</summary>
    public ShardRange Rows => rows;

    /// <summary>A search for tiles such as <paramref name="order"/>.</summary>
    public static HardestSearch Of(ShardRange rows, ImmutableArray<int> labels, Tensor pointLabels, Tensor order) =>
        HardestKernel.Supports(order) ? new SweepingSearch(rows, labels) : new ComparingSearch(rows, pointLabels, order);

    /// <summary>Takes in a tile: its order, [rows, candidates], is overwritten.</summary>
    public abstract void Take(Tensor order, ShardRange candidates);

    /// <summary>Row numbers, int64 [rows]; −1 where there is none.</summary>
    public abstract (Tensor Positives, Tensor Negatives) Found();

    /// <summary>In one sweep over a tile.</summary>
    private sealed class SweepingSearch(ShardRange rows, ImmutableArray<int> labels) : HardestSearch(rows)
    {
        private readonly HardestChoice _farthest = HardestChoice.None(rows.Count, float.NegativeInfinity);
        private readonly HardestChoice _nearest = HardestChoice.None(rows.Count, float.PositiveInfinity);

        public override void Take(Tensor order, ShardRange candidates) =>
            HardestKernel.Find(order, Labels(Rows), Labels(candidates), Rows.Start - candidates.Start, candidates.Start, _farthest, _nearest);

        public override (Tensor Positives, Tensor Negatives) Found() => (tensor(_farthest.Rows), tensor(_nearest.Rows));

        private ReadOnlySpan<int> Labels(ShardRange range) => labels.AsSpan(range.Start, range.Count);
    }

    /// <summary>By libtorch's operators. Lives in the dispose scope that it is made in.</summary>
    private sealed class ComparingSearch : HardestSearch
    {
        private readonly Tensor _pointLabels; // [candidates]
        private readonly Tensor _labels;      // [rows, 1]
        private readonly Tensor _farthest;
        private readonly Tensor _nearest;
        private readonly Tensor _positives;
        private readonly Tensor _negatives;

        public ComparingSearch(ShardRange rows, Tensor pointLabels, Tensor order)
            : base(rows)
        {
            _pointLabels = pointLabels;
            _labels = pointLabels.narrow(0, rows.Start, rows.Count).unsqueeze(1);
            _farthest = full([rows.Count], double.NegativeInfinity, order.dtype, order.device);
            _nearest = full([rows.Count], double.PositiveInfinity, order.dtype, order.device);
            _positives = full([rows.Count], -1, int64, order.device);
            _negatives = _positives.clone();
        }

        public override void Take(Tensor order, ShardRange candidates)
        {
            using var scope = NewDisposeScope();
            var same = _labels == _pointLabels.narrow(0, candidates.Start, candidates.Count);
            var (low, lowAt) = order.masked_fill(same, double.PositiveInfinity).min(1);
            Keep(low < _nearest, low, lowAt, candidates.Start, _nearest, _negatives);

            OwnPlaces.Of(same, Rows, candidates)?.fill_(false);
            var (high, highAt) = order.masked_fill_(same.logical_not_(), double.NegativeInfinity).max(1);
            Keep(high > _farthest, high, highAt, candidates.Start, _farthest, _positives);
        }

        public override (Tensor Positives, Tensor Negatives) Found() => (_positives, _negatives);

        // Only what is strictly harder replaces an earlier row.
        private static void Keep(Tensor harder, Tensor values, Tensor places, int offset, Tensor best, Tensor bestRows)
        {
            best.copy_(where(harder, values, best));
            bestRows.copy_(where(harder, places + offset, bestRows));
        }
    }
}
