using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary><see cref="BatchHardTripletLoss"/> over one batch.</summary>
internal sealed class BatchHardTripletPass(EmbeddingBatch batch, RowDistance distance, double margin, bool softMargin, TripletMean mean) : ILossPass
{
    // Statistics of a row: its loss, its positive and negative (row numbers, −1: none) and their distances.
    private const int Loss = 0, Positive = 1, Negative = 2, ToPositive = 3, ToNegative = 4;
    private const int MostRowsInFloat32 = 1 << 24; // row numbers up to here are exact

    /// <inheritdoc/>
    public int StatisticsPerRow => 5;

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(batch.Columns.Length, 1);
        if (batch.Columns[0].dtype != float64)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Rows, MostRowsInFloat32);

        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var statistics = empty([shard.Count, StatisticsPerRow], batch.Columns[0].dtype, batch.Columns[0].device);
        foreach (var rows in Blocks.Of(shard))
            ScoreBlock(rows, statistics.narrow(0, rows.Start - shard.Start, rows.Count));
        return statistics.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics) => RowLosses.Sum(statistics) / Divisor(statistics);

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var embeddings = batch.Columns[0];
        var gradient = zeros([shard.Count, embeddings.size(1)], embeddings.dtype, embeddings.device);
        var weights = Weights(statistics).div_(Divisor(statistics));                               // [N]
        foreach (var rows in Blocks.Of(shard))
        {
            var part = gradient.narrow(0, rows.Start - shard.Start, rows.Count);
            AddAsAnchors(statistics, weights, rows, (Positive, ToPositive), part);
            AddAsAnchors(statistics, weights.neg(), rows, (Negative, ToNegative), part);
        }

        AddAsPartners(statistics, weights, shard, (Positive, ToPositive), gradient);
        AddAsPartners(statistics, weights.neg(), shard, (Negative, ToNegative), gradient);
        return [distance.Backward(embeddings.narrow(0, shard.Start, shard.Count), gradient).MoveToOuterDisposeScope()];
    }

    private double Divisor(Tensor statistics)
    {
        if (mean is TripletMean.AllAnchors)
            return batch.Rows;

        using var scope = NewDisposeScope();
        return Math.Max(1, Counts(statistics).sum().to(float64).item<double>());
    }

    private void ScoreBlock(ShardRange rows, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var (positives, negatives) = HardestRows.Find(batch, rows, distance);
        var anchors = distance.Points(batch.Columns[0].narrow(0, rows.Start, rows.Count));
        var toPositive = Distances(anchors, positives, none: zeros_like(anchors.narrow(1, 0, 1)));
        var toNegative = Distances(anchors, negatives, none: toPositive);
        statistics.narrow(1, Positive, 1).copy_(positives.unsqueeze(1));
        statistics.narrow(1, Negative, 1).copy_(negatives.unsqueeze(1));
        statistics.narrow(1, ToPositive, 1).copy_(toPositive);
        statistics.narrow(1, ToNegative, 1).copy_(toNegative);

        var excess = Excess(statistics);                                                                  // [rows]
        var loss = softMargin ? excess.clamp_min(0) + excess.abs().neg_().exp_().log1p_() : excess.clamp_min(0);
        statistics.select(1, Loss).copy_(loss.mul_(Counts(statistics)));
    }

    // Distances [rows, 1] to the given rows of the batch; none where the row is −1.
    private Tensor Distances(Tensor anchors, Tensor rows, Tensor none)
    {
        var partners = distance.Points(batch.Columns[0].index_select(0, rows.clamp_min(0)));
        return where((rows < 0).unsqueeze(1), none, distance.Between(anchors, partners));
    }

    private Tensor Excess(Tensor statistics)
    {
        var excess = statistics.select(1, ToPositive) - statistics.select(1, ToNegative);
        return softMargin ? excess : excess.add_(margin);
    }

    /// <summary>1 for each row that the mean is over, 0 for others.</summary>
    private Tensor Counts(Tensor statistics)
    {
        var valid = (statistics.select(1, Positive) >= 0).logical_and_(statistics.select(1, Negative) >= 0);
        return (mean is TripletMean.ValidAnchors ? valid : ones_like(valid)).to(statistics.dtype);
    }

    /// <summary>∂ℓ/∂(D_ap − D_an) of every anchor; 0 for one without a negative, whose two distances are one.</summary>
    private Tensor Weights(Tensor statistics)
    {
        var excess = Excess(statistics);
        var slope = softMargin ? excess.sigmoid() : (excess >= 0).to(statistics.dtype);
        return slope.mul_(Counts(statistics)).mul_(statistics.select(1, Negative) >= 0);
    }

    // What own rows receive as anchors: weight · ∂D/∂a.
    private void AddAsAnchors(
        Tensor statistics, Tensor weights, ShardRange rows, (int Row, int Distance) role, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var own = statistics.narrow(0, rows.Start, rows.Count);
        var partners = own.select(1, role.Row).to(int64);
        var ownWeights = weights.narrow(0, rows.Start, rows.Count) * (partners >= 0);
        gradient.add_(Pull(arange(rows.Start, rows.End, int64, device: own.device), partners.clamp_min_(0), own, role.Distance, ownWeights));
    }

    // What own rows receive as the hardest rows of anchors anywhere, added in the anchors' order.
    private void AddAsPartners(
        Tensor statistics, Tensor weights, ShardRange shard, (int Row, int Distance) role, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var partners = statistics.select(1, role.Row);
        var isOwn = (partners >= shard.Start).logical_and_(partners < shard.End).logical_and_(weights != 0);
        var anchors = isOwn.nonzero().squeeze(1);                                                         // ascending
        foreach (var block in Blocks.Of(new(0, (int)anchors.size(0))))
        {
            using var blockScope = NewDisposeScope();
            var those = anchors.narrow(0, block.Start, block.Count);
            var own = partners.index_select(0, those).to(int64);
            var pull = Pull(own, those, statistics.index_select(0, those), role.Distance, weights.index_select(0, those));
            gradient.index_add_(0, own - shard.Start, pull, 1);
        }
    }

    /// <summary>weight · ∂D/∂x for pairs of rows (x, y), [pairs, dim].</summary>
    private Tensor Pull(Tensor xs, Tensor ys, Tensor statistics, int distanceColumn, Tensor weights)
    {
        var x = distance.Points(batch.Columns[0].index_select(0, xs));
        var y = distance.Points(batch.Columns[0].index_select(0, ys));
        return distance.Slope(x, y, statistics.narrow(1, distanceColumn, 1)).mul_(weights.unsqueeze(1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
