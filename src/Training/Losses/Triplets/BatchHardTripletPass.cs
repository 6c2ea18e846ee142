using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary><see cref="BatchHardTripletLoss"/> over one batch.</summary>
internal sealed class BatchHardTripletPass(EmbeddingBatch batch, MinedTripletLossOptions options) : ILossPass
{
    // Statistics of a row: its loss, its positive and negative (row numbers, −1: none) and their distances.
    private const int Loss = 0, Positive = 1, Negative = 2, ToPositive = 3, ToNegative = 4;

    private readonly CandidateRows _candidates = new(batch);
    private readonly RowDistance _distance = RowDistance.Of(options.Distance, options.Normalize);
    private HardestRows? _hardest; // from the first Score to the first Gradient

    /// <inheritdoc/>
    public int StatisticsPerRow => 5;

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        CandidateRows.Check(batch, _candidates.Count);
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        _hardest ??= new HardestRows(batch, _distance);
        var statistics = empty([shard.Count, StatisticsPerRow], batch.Columns[0].dtype, batch.Columns[0].device);
        foreach (var rows in Blocks.Groups(shard, HardestRows.AnchorBlocks))
            ScoreRows(rows, Blocks.Part(statistics, shard, rows));
        return statistics.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics) => RowSums.Of(statistics) / Divisor(statistics);

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        Dispose();
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var embeddings = batch.Columns[0];
        var gradient = batch.Pool.RentZeros(shard.Count, embeddings.size(1), embeddings);
        var weights = Weights(statistics).div_(Divisor(statistics));                               // [N]
        AddAsAnchors(statistics, weights, shard, Positive, gradient);
        AddAsAnchors(statistics, weights.neg(), shard, Negative, gradient);
        AddAsPartners(statistics, weights, shard, Positive, gradient);
        AddAsPartners(statistics, weights.neg(), shard, Negative, gradient);
        foreach (var rows in Blocks.Small(shard))
        {
            using var blockScope = NewDisposeScope();
            var part = Blocks.Part(gradient, shard, rows);
            part.copy_(_distance.Backward(embeddings.narrow(0, rows.Start, rows.Count), part));
        }

        return [gradient.MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var valid = Valid(statistics).nonzero().squeeze(1);
        var measures = new Dictionary<string, double> { ["valid_anchors"] = valid.size(0) / (double)batch.Rows };
        if (valid.size(0) > 0)
        {
            var means = statistics.index_select(0, valid).to(float64).mean([0]);
            measures["active_triplets"] = Slopes(statistics).index_select(0, valid).to(float64).mean().item<double>();
            measures["hardest_positive"] = means[ToPositive].item<double>();
            measures["hardest_negative"] = means[ToNegative].item<double>();
        }

        return measures;
    }

    private double Divisor(Tensor statistics)
    {
        if (options.Mean is TripletMean.AllAnchors)
            return batch.Rows;

        using var scope = NewDisposeScope();
        return Math.Max(1, Valid(statistics).sum().item<long>());
    }

    private void ScoreRows(ShardRange rows, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var (positives, negatives) = _hardest!.Find(rows);
        statistics.narrow(1, Positive, 1).copy_(positives.unsqueeze(1));
        statistics.narrow(1, Negative, 1).copy_(negatives.unsqueeze(1));
        foreach (var few in Blocks.Small(rows))
            Measure(few, Blocks.Part(positives, rows, few), Blocks.Part(negatives, rows, few), Blocks.Part(statistics, rows, few));

        var excess = Excess(statistics);                                                                  // [rows]
        var loss = options.SoftMargin ? excess.clamp_min(0) + excess.abs().neg_().exp_().log1p_() : excess.clamp_min(0);
        statistics.select(1, Loss).copy_(loss.mul_(Counted(statistics)));
    }

    private void Measure(ShardRange rows, Tensor positives, Tensor negatives, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var anchors = _distance.Points(_candidates.Block(rows));
        var toPositive = Distances(anchors, positives, none: zeros_like(anchors.narrow(1, 0, 1)));
        statistics.narrow(1, ToPositive, 1).copy_(toPositive);
        statistics.narrow(1, ToNegative, 1).copy_(Distances(anchors, negatives, none: toPositive));
    }

    // Distances [rows, 1] to the given candidates; none where the row is −1.
    private Tensor Distances(Tensor anchors, Tensor rows, Tensor none)
    {
        var partners = _distance.Points(_candidates.Select(rows.clamp_min(0)));
        return where((rows < 0).unsqueeze(1), none, _distance.Between(anchors, partners));
    }

    private Tensor Excess(Tensor statistics)
    {
        var excess = statistics.select(1, ToPositive) - statistics.select(1, ToNegative);
        return options.SoftMargin ? excess : excess.add_(options.Margin);
    }

    private static Tensor Valid(Tensor statistics) =>
        (statistics.select(1, Positive) >= 0).logical_and_(statistics.select(1, Negative) >= 0);

    /// <summary>Whether the mean is over a row.</summary>
    private Tensor Counted(Tensor statistics) => options.Mean is TripletMean.ValidAnchors ? Valid(statistics) : ones([], @bool, statistics.device);

    /// <summary>∂ℓ/∂(D_ap − D_an) of every anchor.</summary>
    private Tensor Slopes(Tensor statistics)
    {
        var excess = Excess(statistics);
        return options.SoftMargin ? excess.sigmoid() : (excess >= 0).to(statistics.dtype);
    }

    /// <summary>The slope of every anchor that counts; 0 for one without a negative, whose two distances are one.</summary>
    private Tensor Weights(Tensor statistics) => Slopes(statistics).mul_(Counted(statistics)).mul_(statistics.select(1, Negative) >= 0);

    // What own rows receive as anchors.
    private void AddAsAnchors(Tensor statistics, Tensor weights, ShardRange shard, int role, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var partners = statistics.narrow(0, shard.Start, shard.Count).select(1, role).to(int64);
        var anchors = weights.narrow(0, shard.Start, shard.Count).mul(partners >= 0).nonzero().squeeze(1);
        var rows = anchors + shard.Start;
        Pull.Add(gradient, shard.Start, rows, partners.index_select(0, anchors), weights.index_select(0, rows));
    }

    // What own rows receive as the hardest rows of anchors anywhere, in the anchors' order.
    private void AddAsPartners(Tensor statistics, Tensor weights, ShardRange shard, int role, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var partners = statistics.select(1, role);
        var isOwn = (partners >= shard.Start).logical_and_(partners < shard.End).logical_and_(weights != 0);
        var anchors = isOwn.nonzero().squeeze(1);                                                         // ascending
        Pull.Add(gradient, shard.Start, partners.index_select(0, anchors).to(int64), anchors, weights.index_select(0, anchors));
    }

    private PairPull Pull => new(_candidates, _distance);

    /// <inheritdoc/>
    public void Dispose()
    {
        _hardest?.Dispose();
        _hardest = null;
    }
}
