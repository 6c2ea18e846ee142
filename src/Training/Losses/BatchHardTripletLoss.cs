using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>
/// Batch-hard triplet loss: each row of the global batch is an anchor a; its positive p is the farthest row of the same label, its negative n the nearest
/// of another, both over all ranks. <c>ℓ_a = max(0, D_ap − D_an + margin)</c>, or <c>log(1 + exp(D_ap − D_an))</c> with a soft margin; the loss is the mean.
/// </summary>
/// <remarks>
/// Hermans et al. 2017, arXiv 1703.07737. An anchor without a positive counts with D_ap = 0; one without a negative, where all labels are equal, with the
/// loss of D_ap = D_an and no gradient; <see cref="TripletMean.ValidAnchors"/> leaves both out. Of rows equally hard the first one is taken. The difference to
/// sentence-transformers: the distances of the chosen rows are computed anew from their difference, where ‖a‖² − 2a·b + ‖b‖² would cancel for near points.
/// Distances are mined in tiles, so memory is O(tile), not O(N²).
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks; a row receives it as anchor and as anyone's positive or
/// negative. A larger batch holds harder triplets, so loss values of different N do not compare.</para>
/// <para>Prefer <see cref="MultipleNegativesRankingLoss"/> when rows are pairs: it uses all negatives, not the hardest alone, and does not collapse
/// early in training.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="distance">Distance of two embeddings.</param>
/// <param name="margin">How much farther than the positive the negative has to be. Not used by a soft margin.</param>
/// <param name="softMargin">Softplus instead of a hinge.</param>
/// <param name="mean">Anchors that the mean is over.</param>
public sealed class BatchHardTripletLoss(Distance distance, double margin, bool softMargin, TripletMean mean) : IEmbeddingLoss
{
    // Statistics of a row: its loss, its positive and negative (row numbers, −1: none) and their distances.
    private const int Loss = 0, Positive = 1, Negative = 2, ToPositive = 3, ToNegative = 4;
    private const int MostRowsInFloat32 = 1 << 24; // row numbers up to here are exact

    private readonly RowDistance _distance = RowDistance.Of(distance);

    /// <inheritdoc/>
    public int StatisticsPerRow => 5;

    /// <inheritdoc/>
    public Tensor Score(EmbeddingBatch batch, ShardRange shard)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(batch.Columns.Length, 1);
        if (batch.Columns[0].dtype != float64)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Rows, MostRowsInFloat32);

        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var statistics = empty([shard.Count, StatisticsPerRow], batch.Columns[0].dtype, batch.Columns[0].device);
        foreach (var rows in Blocks.Of(shard))
            ScoreBlock(batch, rows, statistics.narrow(0, rows.Start - shard.Start, rows.Count));
        return statistics.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Divisor(EmbeddingBatch batch, Tensor statistics)
    {
        if (mean is TripletMean.AllAnchors)
            return batch.Rows;

        using var scope = NewDisposeScope();
        return Math.Max(1, Counts(statistics).sum().to(float64).item<double>());
    }

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(EmbeddingBatch batch, Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var embeddings = batch.Columns[0];
        var gradient = zeros([shard.Count, embeddings.size(1)], embeddings.dtype, embeddings.device);
        var weights = Weights(statistics).div_(Divisor(batch, statistics));                               // [N]
        foreach (var rows in Blocks.Of(shard))
        {
            var part = gradient.narrow(0, rows.Start - shard.Start, rows.Count);
            AddAsAnchors(batch, statistics, weights, rows, (Positive, ToPositive), part);
            AddAsAnchors(batch, statistics, weights.neg(), rows, (Negative, ToNegative), part);
        }

        AddAsPartners(batch, statistics, weights, shard, (Positive, ToPositive), gradient);
        AddAsPartners(batch, statistics, weights.neg(), shard, (Negative, ToNegative), gradient);
        return [_distance.Backward(embeddings.narrow(0, shard.Start, shard.Count), gradient).MoveToOuterDisposeScope()];
    }

    private void ScoreBlock(EmbeddingBatch batch, ShardRange rows, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var (positives, negatives) = HardestRows.Find(batch, rows, _distance);
        var anchors = _distance.Points(batch.Columns[0].narrow(0, rows.Start, rows.Count));
        var toPositive = Distances(batch, anchors, positives, none: zeros_like(anchors.narrow(1, 0, 1)));
        var toNegative = Distances(batch, anchors, negatives, none: toPositive);
        statistics.narrow(1, Positive, 1).copy_(positives.unsqueeze(1));
        statistics.narrow(1, Negative, 1).copy_(negatives.unsqueeze(1));
        statistics.narrow(1, ToPositive, 1).copy_(toPositive);
        statistics.narrow(1, ToNegative, 1).copy_(toNegative);

        var excess = Excess(statistics);                                                                  // [rows]
        var loss = softMargin ? excess.clamp_min(0) + excess.abs().neg_().exp_().log1p_() : excess.clamp_min(0);
        statistics.select(1, Loss).copy_(loss.mul_(Counts(statistics)));
    }

    // Distances [rows, 1] to the given rows of the batch; none where the row is −1.
    private Tensor Distances(EmbeddingBatch batch, Tensor anchors, Tensor rows, Tensor none)
    {
        var partners = _distance.Points(batch.Columns[0].index_select(0, rows.clamp_min(0)));
        return where((rows < 0).unsqueeze(1), none, _distance.Between(anchors, partners));
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
        EmbeddingBatch batch, Tensor statistics, Tensor weights, ShardRange rows, (int Row, int Distance) role, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var own = statistics.narrow(0, rows.Start, rows.Count);
        var partners = own.select(1, role.Row).to(int64);
        var ownWeights = weights.narrow(0, rows.Start, rows.Count) * (partners >= 0);
        gradient.add_(Pull(batch, arange(rows.Start, rows.End, int64, device: own.device), partners.clamp_min_(0), own, role.Distance, ownWeights));
    }

    // What own rows receive as the hardest rows of anchors anywhere, added in the anchors' order.
    private void AddAsPartners(
        EmbeddingBatch batch, Tensor statistics, Tensor weights, ShardRange shard, (int Row, int Distance) role, Tensor gradient)
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
            var pull = Pull(batch, own, those, statistics.index_select(0, those), role.Distance, weights.index_select(0, those));
            gradient.index_add_(0, own - shard.Start, pull, 1);
        }
    }

    /// <summary>weight · ∂D/∂x for pairs of rows (x, y), [pairs, dim].</summary>
    private Tensor Pull(EmbeddingBatch batch, Tensor xs, Tensor ys, Tensor statistics, int distanceColumn, Tensor weights)
    {
        var x = _distance.Points(batch.Columns[0].index_select(0, xs));
        var y = _distance.Points(batch.Columns[0].index_select(0, ys));
        return _distance.Slope(x, y, statistics.narrow(1, distanceColumn, 1)).mul_(weights.unsqueeze(1));
    }
}
