using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

/// <summary>The triplet losses by their definitions, a triplet at a time from one matrix of distances; gradients by autograd.</summary>
internal static class PlainTriplets
{
    public static Tensor Of(LossOptions options, EmbeddingBatch batch, Tensor[] columns) => options switch
    {
        MinedTripletLossOptions { Mining: TripletMining.BatchHard } mined => new Mined(mined, batch, columns[0]).BatchHard(),
        MinedTripletLossOptions { Mining: TripletMining.BatchAll } mined => new Mined(mined, batch, columns[0]).BatchAll(),
        MinedTripletLossOptions mined => new Mined(mined, batch, columns[0]).BatchSemiHard(),
        TripletLossOptions given => Given(given, batch, columns),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private static Tensor Given(TripletLossOptions options, EmbeddingBatch batch, Tensor[] columns)
    {
        var whole = Enumerable.Range(0, batch.Rows).Where(row => batch.TextHashes.All(hashes => hashes[row] != 0)).Select(row => (long)row).ToArray();
        if (whole.Length == 0)
            return zeros([], columns[0].dtype);

        Tensor[] points = options.Normalize ? [.. columns.Select(Unit)] : columns;
        var excess = Distances(points[0], points[1], options.Distance) - Distances(points[0], points[2], options.Distance) + options.Margin;
        return Violation(excess.index_select(0, tensor(whole))).mean();
    }

    /// <summary>Distances of points along the last dimension; where two coincide without a slope.</summary>
    private static Tensor Distances(Tensor a, Tensor b, Distance distance)
    {
        if (distance is Distance.Cosine)
            return 1 - (Unit(a) * Unit(b)).sum(-1);
        if (distance is Distance.Manhattan)
            return (a - b).abs().sum(-1);

        var squares = (a - b).square().sum(-1);
        if (distance is Distance.SquaredEuclidean)
            return squares;
        var coincide = squares == 0;
        return squares.masked_fill(coincide, 1).sqrt().masked_fill(coincide, 0);
    }

    private static Tensor Unit(Tensor rows) => nn.functional.normalize(rows, p: 2, dim: -1, eps: 1e-12);

    private static Tensor Violation(Tensor excess) => where(excess > 0, excess, zeros_like(excess));

    private sealed class Mined
    {
        private readonly MinedTripletLossOptions _options;
        private readonly int[] _labels;        // of the batch, then of the memory
        private readonly int[][] _positives;   // by anchor
        private readonly int[][] _negatives;
        private readonly Tensor[] _distances;  // by anchor, [candidates]
        private readonly double[][] _values;   // the same

        public Mined(MinedTripletLossOptions options, EmbeddingBatch batch, Tensor rows)
        {
            _options = options;
            _labels = [.. batch.Labels, .. batch.Memory?.Labels ?? []];
            _positives = [.. batch.Labels.Select((label, anchor) => Rows(row => row != anchor && _labels[row] == label))];
            _negatives = [.. batch.Labels.Select(label => Rows(row => _labels[row] != label))];
            var candidates = batch.Memory is { } memory ? cat([rows, memory.Columns[0]], 0) : rows;
            if (options.Normalize)
                (rows, candidates) = (Unit(rows), Unit(candidates));
            _distances = Distances(rows.unsqueeze(1), candidates.unsqueeze(0), options.Distance).unbind();
            _values = [.. _distances.Select(row => row.detach().to(float64).data<double>().ToArray())];
        }

        public Tensor BatchHard()
        {
            var losses = new List<Tensor>();
            for (var anchor = 0; anchor < _distances.Length; anchor++)
            {
                if (ValidOnly && !HasBoth(anchor))
                    continue;
                var (positives, negatives, to) = (_positives[anchor], _negatives[anchor], _values[anchor]);
                var toPositive = positives.Length == 0 ? Zero : _distances[anchor][positives.MaxBy(row => to[row])];
                var toNegative = negatives.Length == 0 ? toPositive : _distances[anchor][negatives.MinBy(row => to[row])];
                var excess = toPositive - toNegative;
                losses.Add(_options.SoftMargin ? logaddexp(excess, zeros_like(excess)) : (excess + _options.Margin).clamp_min(0));
            }

            return losses.Count == 0 ? Zero : stack(losses).mean();
        }

        public Tensor BatchAll()
        {
            var anchors = Enumerable.Range(0, _distances.Length).Where(HasBoth).ToArray();
            if (anchors.Length == 0)
                return Zero;
            var all = cat([.. anchors.Select(anchor => Violation(
                To(anchor, _positives[anchor]).unsqueeze(1) - To(anchor, _negatives[anchor]).unsqueeze(0) + _options.Margin).reshape(-1))], 0);
            return all.sum() / Math.Max(1, ValidOnly ? all.numel() : (all > 1e-16).sum().item<long>());
        }

        public Tensor BatchSemiHard()
        {
            var losses = new List<Tensor>();
            for (var anchor = 0; anchor < _distances.Length; anchor++)
            {
                if (_positives[anchor].Length == 0 || (ValidOnly && !HasBoth(anchor)))
                    continue;
                var toNegatives = _negatives[anchor].Length == 0 ? Zero : To(anchor, [.. _positives[anchor].Select(positive => SemiHard(anchor, positive))]);
                losses.Add(Violation(To(anchor, _positives[anchor]) - toNegatives + _options.Margin));
            }

            return losses.Count == 0 ? Zero : cat(losses, 0).mean();
        }

        private int SemiHard(int anchor, int positive)
        {
            var to = _values[anchor];
            var beyond = _negatives[anchor].Where(row => to[row] > to[positive]).ToArray();
            return beyond.Length > 0 ? beyond.MinBy(row => to[row]) : _negatives[anchor].MaxBy(row => to[row]);
        }

        private bool ValidOnly => _options.Mean is TripletMean.ValidAnchors;

        private Tensor Zero => zeros([], _distances[0].dtype);

        private bool HasBoth(int anchor) => _positives[anchor].Length > 0 && _negatives[anchor].Length > 0;

        private Tensor To(int anchor, int[] rows) => _distances[anchor].index_select(0, tensor(rows, int64));

        private int[] Rows(Func<int, bool> where) => [.. Enumerable.Range(0, _labels.Length).Where(where)];
    }
}
