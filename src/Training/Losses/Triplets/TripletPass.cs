using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary><see cref="TripletLoss"/> over one batch.</summary>
internal sealed class TripletPass : ILossPass
{
    private const int Texts = 3; // anchor, positive, negative

    private readonly EmbeddingBatch _batch;
    private readonly double _margin;
    private readonly RowDistance _distance;
    private readonly bool[] _isWhole; // whether a row has all three texts
    private readonly int _wholeRows;

    public TripletPass(EmbeddingBatch batch, TripletLossOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(batch.Columns.Length, Texts);
        (_batch, _margin, _distance) = (batch, options.Margin, RowDistance.Of(options.Distance, options.Normalize));
        _isWhole = [.. Enumerable.Range(0, batch.Rows).Select(row => batch.TextHashes.All(hashes => hashes[row] != 0))];
        _wholeRows = _isWhole.Count(isWhole => isWhole);
    }

    /// <inheritdoc/>
    public int StatisticsPerRow => 1; // the loss

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var losses = empty([shard.Count, StatisticsPerRow], _batch.Columns[0].dtype, _batch.Columns[0].device);
        foreach (var rows in Blocks.Of(shard))
            Blocks.Part(losses, shard, rows).copy_(new Triplets(this, rows).Excess.clamp_min(0).mul_(IsWhole(rows)));
        return losses.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics) => RowSums.Of(statistics) / Math.Max(1, _wholeRows);

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var gradients = _batch.Columns.Select(column => empty([shard.Count, column.size(1)], column.dtype, column.device)).ToImmutableArray();
        foreach (var rows in Blocks.Of(shard))
            foreach (var (gradient, part) in gradients.Zip(Gradients(rows)))
                Blocks.Part(gradient, shard, rows).copy_(part);
        return [.. gradients.Select(gradient => gradient.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var measures = new Dictionary<string, double>();
        if (_wholeRows > 0)
            measures["active_triplets"] = (statistics > 0).sum().item<long>() / (double)_wholeRows;
        return measures;
    }

    private Tensor[] Gradients(ShardRange rows)
    {
        var triplets = new Triplets(this, rows);
        var weights = (triplets.Excess > 0).to(triplets.Excess.dtype).mul_(IsWhole(rows)).div_(Math.Max(1, _wholeRows));   // [rows, 1]
        Tensor[] pulls =
        [
            triplets.Slope(0, 1).sub_(triplets.Slope(0, 2)).mul_(weights),
            triplets.Slope(1, 0).mul_(weights),
            triplets.Slope(2, 0).mul_(weights).neg_(),
        ];
        return [.. pulls.Select((pull, column) => _distance.Backward(Embeddings(column, rows), pull))];
    }

    private Tensor IsWhole(ShardRange rows) => tensor(_isWhole.AsSpan(rows.Start, rows.Count).ToArray(), device: _batch.Columns[0].device).unsqueeze(1);

    private Tensor Embeddings(int column, ShardRange rows) => _batch.Columns[column].narrow(0, rows.Start, rows.Count);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Triplets
    {
        private readonly RowDistance _distance;
        private readonly Tensor[] _points;
        private readonly Tensor _toPositive;
        private readonly Tensor _toNegative;

        public Triplets(TripletPass pass, ShardRange rows)
        {
            _distance = pass._distance;
            _points = [.. Enumerable.Range(0, Texts).Select(column => _distance.Points(pass.Embeddings(column, rows)))];
            _toPositive = _distance.Between(_points[0], _points[1]);
            _toNegative = _distance.Between(_points[0], _points[2]);
            Excess = (_toPositive - _toNegative).add_(pass._margin);
        }

        /// <summary>D_ap − D_an + margin, [rows, 1].</summary>
        public Tensor Excess { get; }

        /// <summary>The slope of the distance of two texts, one of them the anchor, with respect to the first of them.</summary>
        public Tensor Slope(int text, int other) => _distance.Slope(_points[text], _points[other], text == 2 || other == 2 ? _toNegative : _toPositive);
    }
}
