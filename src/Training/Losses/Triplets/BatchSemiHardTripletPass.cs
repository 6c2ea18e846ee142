using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary><see cref="BatchSemiHardTripletLoss"/> over one batch.</summary>
internal sealed class BatchSemiHardTripletPass : ILossPass
{
    // Statistics of a row: the mean loss of its pairs; for each of its positives the negative's row number if the pair has a loss, or one of these.
    private const int Loss = 0, Negatives = 1;
    private const long NoLoss = -1, NoNegative = -2;

    private readonly EmbeddingBatch _batch;
    private readonly MinedTripletLossOptions _options;
    private readonly ClassRows _classes;
    private readonly RowDistance _distance;
    private readonly PairPull _pull;
    private readonly Device _device;

    public BatchSemiHardTripletPass(EmbeddingBatch batch, MinedTripletLossOptions options)
    {
        CandidateRows.Check(batch, batch.Rows);
        (_batch, _options, _device) = (batch, options, batch.Columns[0].device);
        _classes = new ClassRows(batch.Labels);
        _distance = RowDistance.Of(options.Distance, options.Normalize);
        _pull = new PairPull(new CandidateRows(batch with { Memory = null }), _distance);
    }

    /// <inheritdoc/>
    public int StatisticsPerRow => Negatives + _classes.Slots;

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var statistics = zeros([shard.Count, StatisticsPerRow], _batch.Columns[0].dtype, _device);
        statistics.narrow(1, Negatives, _classes.Slots).fill_(NoLoss);
        foreach (var rows in Blocks.Of(shard))
            if (Pairs > 0)
                ScoreBlock(rows, Blocks.Part(statistics, shard, rows));
        return statistics.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var losses = statistics.select(1, Loss).to(float64).mul(tensor(_classes.PositivesOf.ToArray(), float64, _device));
        return RowSums.Of(losses.unsqueeze(1)) / Math.Max(1, Pairs);
    }

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var embeddings = _batch.Columns[0].narrow(0, shard.Start, shard.Count);
        var gradient = zeros_like(embeddings);
        foreach (var rows in Blocks.Of(shard))
            AddAsAnchorsAndPositives(statistics, rows, gradient, shard);
        AddAsNegatives(statistics, shard, gradient);
        return [_distance.Backward(embeddings, gradient.div_(Math.Max(1, Pairs))).MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var measures = new Dictionary<string, double> { ["valid_anchors"] = _classes.ValidAnchors / (double)_batch.Rows };
        if (Pairs > 0)
            measures["active_triplets"] = (statistics.narrow(1, Negatives, _classes.Slots) != NoLoss).sum().item<long>() / Pairs;
        return measures;
    }

    // Ordered positive pairs that the mean is over.
    private double Pairs => _options.Mean is TripletMean.ValidAnchors && !_classes.HasNegatives ? 0 : _classes.Pairs;

    private void ScoreBlock(ShardRange rows, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var toPositives = PositiveDistances.Of(_batch, _classes, rows, _distance);                           // [rows, P], −∞ behind the last
        var (negatives, toNegatives) = new SemiHardRows(_batch, _classes, _distance).Find(rows, toPositives);
        var losses = (toPositives - toNegatives).add_(_options.Margin).clamp_min_(0);
        var positives = (toPositives >= 0).sum(1).clamp_min_(1);
        statistics.select(1, Loss).copy_(losses.to(float64).sum(1).div_(positives));
        statistics.narrow(1, Negatives, _classes.Slots).copy_(
            negatives.masked_fill(negatives < 0, NoNegative).masked_fill_(losses <= 0, NoLoss));
    }

    // What own rows receive with their positives, whichever of the two is the anchor, and as anchors from negatives.
    private void AddAsAnchorsAndPositives(Tensor statistics, ShardRange rows, Tensor gradient, ShardRange shard)
    {
        using var scope = NewDisposeScope();
        var own = arange(rows.Start, rows.End, int64, device: _device).unsqueeze(1).expand(rows.Count, _classes.Slots).reshape(-1);
        var negatives = statistics.narrow(0, rows.Start, rows.Count).narrow(1, Negatives, _classes.Slots).reshape(-1);
        var positives = _classes.Positives(rows, _device).view(-1);
        var asPositive = Partners(statistics, positives, _classes.OwnSlots(rows, _device).view(-1));
        var weights = (negatives != NoLoss).to(gradient.dtype).add_(asPositive != NoLoss).masked_fill_(positives < 0, 0);
        Add(gradient, shard, own, positives, weights);
        Add(gradient, shard, own, negatives.to(int64), (negatives >= 0).to(gradient.dtype).neg_());
    }

    // The statistics of a pair as its positive finds them with its anchor.
    private static Tensor Partners(Tensor statistics, Tensor anchors, Tensor slots) =>
        statistics.reshape(-1).index_select(0, anchors.clamp_min(0).mul_(statistics.size(1)).add_(slots).add_(Negatives));

    // What own rows receive as negatives of anchors anywhere, in the anchors' order.
    private void AddAsNegatives(Tensor statistics, ShardRange shard, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var negatives = statistics.narrow(1, Negatives, _classes.Slots);
        var places = (negatives >= shard.Start).logical_and_(negatives < shard.End).nonzero();               // [found, 2], ascending
        var anchors = places.select(1, 0).contiguous();
        var own = Partners(statistics, anchors, places.select(1, 1)).to(int64);
        Add(gradient, shard, own, anchors, full([own.size(0)], -1, gradient.dtype, _device));
    }

    private void Add(Tensor gradient, ShardRange shard, Tensor own, Tensor others, Tensor weights)
    {
        var used = weights.nonzero().squeeze(1);
        _pull.Add(gradient, shard.Start, own.index_select(0, used), others.index_select(0, used), weights.index_select(0, used));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
