using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> over one batch. <see cref="Score"/> reduces rows to statistics and has the gradient of what they are compared with
/// on the way; <see cref="Gradient"/> adds that of the shard's texts as documents of all rows.
/// </summary>
internal sealed class RankingPass : ILossPass
{
    private readonly EmbeddingBatch _batch;
    private readonly RankingScale _scale;
    private readonly RankingRows _rows;
    private readonly RankingDocuments _documents;
    private readonly RankingSoftmaxes _softmaxes;
    private readonly RankingFigures _figures;
    private readonly Similarity _similarity;
    private readonly TextDirections _directions;
    private readonly ScoreMasks? _scoreMasks;
    private readonly KeptTiles _kept;
    private readonly Dictionary<ShardRange, ScoredShard> _scored = [];

    public RankingPass(EmbeddingBatch batch, RankingLossOptions options, RankingScale scale, RankingBudget budget)
    {
        (_batch, _scale, _similarity) = (batch, scale, options.Similarity);
        var columns = batch.Columns.AddRange(batch.Memory?.Columns ?? []);
        var hashes = batch.TextHashes.AddRange(batch.Memory?.TextHashes ?? []);
        var grid = new RankingGrid(batch);
        _softmaxes = new RankingSoftmaxes(options, batch.Columns.Length, columns.Length - batch.Columns.Length);
        var isKept = columns.Sum(column => column.numel() * column.element_size()) <= budget.DirectionBytes;
        _directions = new TextDirections(columns, options.Similarity is Similarity.Cosine ? UnitRows.SmallestNorm : null, isKept, batch.Pool);
        _scoreMasks = options.ScoreMask is ScoreMask.None ? null : ScoreMasks.Of(options, batch, _directions, isKept);
        var excluded = new ExcludedColumns([hashes[Comparison.Anchors], hashes[Comparison.Positives]], hashes, options.MaskFalseNegatives);
        var tiles = new RankingTiles(options, scale.Value, _directions, excluded, _scoreMasks);
        _kept = new KeptTiles(tiles, batch, grid.IsSquare && KeptTiles.Bytes(batch, _softmaxes) <= budget.TileBytes);
        _rows = new RankingRows(batch, grid, _softmaxes, scale, _directions, _kept);
        _documents = new RankingDocuments(grid, _softmaxes, _directions, _kept);
        _figures = new RankingFigures(batch, _softmaxes, scale, _scoreMasks is not null);
    }

    /// <inheritdoc/>
    public int StatisticsPerRow => RankingStatistics.Count(_softmaxes.All.Length);

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var gradientMode = no_grad();
        var scored = _rows.Score(shard);
        if (_scored.Remove(shard, out var before))
            before.Return(_batch.Pool);
        _scored.Add(shard, scored);
        return scored.Statistics.clone();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics) => RowSums.Of(statistics, RankingStatistics.Loss) / _batch.Rows;

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        using var scored = _scored.Remove(shard, out var kept) ? kept : _rows.Score(shard);
        var gradients = _batch.Columns.Select((column, c) => scored.Gradients.GetValueOrDefault(c) is { } own
            ? own.alias()
            : _batch.Pool.RentZeros(shard.Count, column.size(1), column)).ToImmutableArray();
        foreach (var own in RankingGrid.Own(shard))
        {
            var parts = gradients.Select(gradient => Blocks.Part(gradient, shard, own)).ToImmutableArray();
            _documents.Add(statistics, own, parts);
            AddPairs(statistics, own, parts);
            for (var column = 0; column < parts.Length; column++)
                foreach (var few in Blocks.Small(own))
                    Finish(_batch.Columns[column].narrow(0, few.Start, few.Count), Blocks.Part(parts[column], own, few));
        }

        return [.. gradients.Select(gradient => gradient.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public ImmutableArray<Tensor> ParameterGradient(Tensor statistics, ShardRange shard)
    {
        if (!_scale.IsLearned)
            return [];

        var isHeld = _scale.Holds(RowSums.Of(statistics, RankingStatistics.ScaleSlope));
        var share = isHeld ? 0 : RowSums.Of(statistics.narrow(0, shard.Start, shard.Count), RankingStatistics.ScaleSlope) / _batch.Rows;
        return [tensor((float)share)];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics) => _figures.Of(statistics);

    // The pair's own term: its two texts are in one row, so its slope is known here.
    private void AddPairs(Tensor statistics, ShardRange own, ImmutableArray<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        var slopes = RankingStatistics.Of(statistics, RankingStatistics.PairSlope, own);
        gradients[Comparison.Anchors].addcmul_(_directions.Of(Comparison.Positives, own), slopes, 1);
        gradients[Comparison.Positives].addcmul_(_directions.Of(Comparison.Anchors, own), slopes, 1);
    }

    private void Finish(Tensor embeddings, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        gradient.mul_(_scale.Value / _batch.Rows);
        if (_similarity is Similarity.Cosine)
            gradient.copy_(UnitRows.Backward(embeddings, gradient));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var scored in _scored.Values)
            scored.Return(_batch.Pool);
        _kept.Dispose();
        _rows.Dispose();
        _scoreMasks?.Dispose();
        _directions.Dispose();
    }
}
