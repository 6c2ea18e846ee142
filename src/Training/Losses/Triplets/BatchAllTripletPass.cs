using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary><see cref="BatchAllTripletLoss"/> over one batch.</summary>
internal sealed class BatchAllTripletPass : ILossPass
{
    private readonly EmbeddingBatch _batch;
    private readonly MinedTripletLossOptions _options;
    private readonly ClassRows _classes;
    private readonly RowDistance _distance;
    private readonly BatchAllStatistics _layout;
    private readonly Device _device;

    public BatchAllTripletPass(EmbeddingBatch batch, MinedTripletLossOptions options)
    {
        CandidateRows.Check(batch, batch.Rows);
        (_batch, _options, _device) = (batch, options, batch.Columns[0].device);
        _classes = new ClassRows(batch.Labels);
        _distance = RowDistance.Of(options.Distance, options.Normalize);
        _layout = new BatchAllStatistics(_classes, options.Margin);
    }

    /// <inheritdoc/>
    public int StatisticsPerRow => _layout.PerRow;

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var statistics = zeros([shard.Count, StatisticsPerRow], _batch.Columns[0].dtype, _device);
        foreach (var rows in Blocks.Of(shard))
            ScoreBlock(rows, Blocks.Part(statistics, shard, rows));
        return statistics.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var losses = BatchAllStatistics.Losses(statistics).to(float64).mul(Violations(statistics));
        return RowSums.Of(losses.unsqueeze(1)) / Divisor(statistics);
    }

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var embeddings = Embeddings(shard);
        var gradient = zeros_like(embeddings);
        var divisor = Divisor(statistics);
        foreach (var own in Blocks.Of(shard))
            Blocks.Part(gradient, shard, own).copy_(Pull(statistics, own).div_(divisor));
        return [_distance.Backward(embeddings, gradient).MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var measures = new Dictionary<string, double> { ["valid_anchors"] = _classes.ValidAnchors / (double)_batch.Rows };
        if (_classes.Triplets > 0)
            measures["active_triplets"] = Sum(Violations(statistics)) / _classes.Triplets;
        if (_classes.Pairs > 0)
            measures["mean_positive"] = Sum(_layout.Distances(statistics).to(float64).clamp_min_(0)) / _classes.Pairs;
        return measures;
    }

    private double Divisor(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        return Math.Max(1, _options.Mean is TripletMean.AllAnchors ? Sum(Violations(statistics)) : _classes.Triplets);
    }

    // Of each row, float64. Whole numbers whose sum is below 2^53: exact in whatever order.
    private Tensor Violations(Tensor statistics) => _layout.CountsOf(statistics).to(float64).sum(1);

    private static double Sum(Tensor values) => values.sum().item<double>();

    private Tensor Embeddings(ShardRange rows) => _batch.Columns[0].narrow(0, rows.Start, rows.Count);

    private Tensor Points(ShardRange rows) => _distance.Points(Embeddings(rows));

    private void ScoreBlock(ShardRange rows, Tensor statistics)
    {
        if (_classes.Slots == 0)
            return;

        using var scope = NewDisposeScope();
        var toPositives = PositiveDistances.Of(_batch, _classes, rows, _distance);                           // [rows, P]
        var (thresholds, slots) = (toPositives.to(float64) + _options.Margin).sort(1);
        var (counts, sums) = Below(rows, thresholds);
        var losses = where(counts > 0, (counts * thresholds).sub_(sums), zeros_like(sums));
        BatchAllStatistics.Losses(statistics).copy_(losses.sum(1).div_(counts.sum(1).clamp_min_(1)));
        _layout.CountsOf(statistics).scatter_(1, slots, counts.to(statistics.dtype));
        _layout.Distances(statistics).copy_(toPositives.clamp_min(-1));
    }

    // How many negatives are nearer than each threshold, and the sum of their distances; both float64 [rows, P].
    private (Tensor Counts, Tensor Sums) Below(ShardRange rows, Tensor thresholds)
    {
        var points = Points(rows);
        var counts = zeros([rows.Count, _classes.Slots + 1], float64, _device);            // by the first threshold that is farther
        var sums = zeros_like(counts);
        foreach (var others in Blocks.Of(new(0, _batch.Rows)))
        {
            using var scope = NewDisposeScope();
            var tile = _distance.Tile(points, Points(others)).to(float64);
            tile.masked_fill_(_classes.IsSame(rows, others, _device), double.PositiveInfinity);
            var places = searchsorted(thresholds, tile, out_int32: false, right: true);   // [rows, others]
            counts.scatter_add_(1, places, ones([1, 1], float64, _device).expand(places.shape));
            sums.scatter_add_(1, places, tile);
        }

        return (counts.narrow(1, 0, _classes.Slots).cumsum(1), sums.narrow(1, 0, _classes.Slots).cumsum(1));
    }

    // Gradient of the sum of all losses with respect to own points, in every role; float64 [own, dim].
    private Tensor Pull(Tensor statistics, ShardRange own)
    {
        using var scope = NewDisposeScope();
        var points = Points(own);
        var pull = zeros([own.Count, points.size(1)], float64, _device);
        foreach (var others in Blocks.Of(new(0, _classes.Slots == 0 ? 0 : _batch.Rows)))
        {
            using var tileScope = NewDisposeScope();
            var otherPoints = Points(others);
            var tile = _distance.Tile(points, otherPoints);
            pull.add_(_distance.Pull(points, otherPoints, _layout.Slopes(statistics, own, others, tile), tile));
        }

        return pull.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
