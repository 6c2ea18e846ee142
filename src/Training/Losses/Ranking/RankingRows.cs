using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>A shard's rows against everything they are compared with: their statistics, and the gradient of their texts as rows.</summary>
internal sealed class RankingRows(
    EmbeddingBatch batch, RankingGrid grid, RankingSoftmaxes softmaxes, RankingScale scale, TextDirections directions, KeptTiles tiles) : IDisposable
{
    private readonly ImmutableArray<ShardRange> _memoryBlocks = Blocks.Of(new(0, batch.Memory?.Rows ?? 0));
    private Tensor? _exponentials; // of one tile, where its logits are kept

    /// <summary>Scores the rows. The caller owns the result.</summary>
    public ScoredShard Score(ShardRange shard)
    {
        using var scope = NewDisposeScope();
        var embeddings = batch.Columns[0];
        var statistics = zeros([shard.Count, RankingStatistics.Count(softmaxes.All.Length)], embeddings.dtype, embeddings.device).DetachFromDisposeScope();
        var gradients = softmaxes.RowColumns.ToDictionary(column => column, column =>
            batch.Pool.RentZeros(shard.Count, batch.Columns[column].size(1), embeddings).DetachFromDisposeScope());
        foreach (var rows in RankingGrid.Own(shard))
        {
            using var blockScope = NewDisposeScope();
            var part = gradients.ToDictionary(gradient => gradient.Key, gradient => Blocks.Part(gradient.Value, shard, rows));
            ScoreBlock(rows, Blocks.Part(statistics, shard, rows), part);
        }

        return new ScoredShard(statistics, gradients);
    }

    private void ScoreBlock(ShardRange rows, Tensor statistics, Dictionary<int, Tensor> gradients)
    {
        var similarity = Similarity(rows);
        var pair = similarity * scale.Value;
        Column(RankingStatistics.Similarity).copy_(similarity);
        Column(RankingStatistics.IsFirst).fill_(1);
        for (var softmax = 0; softmax < softmaxes.All.Length; softmax++)
        {
            using var scope = NewDisposeScope();
            using var running = new RunningSoftmax(pair, gradients.Count, batch.Columns[0].size(1), batch.Pool);
            foreach (var comparison in softmaxes.All[softmax])
                foreach (var documents in comparison.IsMemory ? _memoryBlocks : grid.Partners)
                    AddTile(running, comparison, rows, documents, pair, statistics);
            Conclude(running, softmax, statistics, gradients);
        }

        if (scale.IsLearned)
            Column(RankingStatistics.ScaleSlope).copy_(ScaleSlope(rows, pair, statistics, gradients));

        Tensor Column(int column) => statistics.narrow(1, column, 1);
    }

    // Of each row's pair, [rows, 1].
    private Tensor Similarity(ShardRange rows)
    {
        var (anchors, positives) = (directions.Of(Comparison.Anchors, rows), directions.Of(Comparison.Positives, rows));
        var similarity = empty([rows.Count, 1], anchors.dtype, anchors.device);
        foreach (var few in Blocks.Small(rows))
        {
            using var scope = NewDisposeScope();
            Blocks.Part(similarity, rows, few).copy_((Blocks.Part(anchors, rows, few) * Blocks.Part(positives, rows, few)).sum(1, keepdim: true));
        }

        return similarity;
    }

    private void AddTile(RunningSoftmax running, Comparison comparison, ShardRange rows, ShardRange documents, Tensor pair, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var tile = tiles.Make(comparison, rows, documents);
        var exponentials = tiles.Keeps(comparison) ? Exponentials(rows, documents) : tile.Logits;
        var largest = running.Add(tile.Logits, directions.Of(comparison.DocumentColumn, documents), comparison.RowColumn, exponentials);
        if (tile.Masked is { } masked)
            statistics.narrow(1, RankingStatistics.Masked, 1).add_(masked);
        if (comparison.Direction is RankingDirections.QueryToDocument)
            statistics.narrow(1, RankingStatistics.IsFirst, 1).mul_((tile.PlainLargest ?? largest).lt(pair));
    }

    private void Conclude(RunningSoftmax running, int softmax, Tensor statistics, Dictionary<int, Tensor> gradients)
    {
        var share = 1.0 / softmaxes.All.Length;
        var factors = running.Inverse(softmaxes.PairCopies).mul_(share);
        statistics.narrow(1, RankingStatistics.Loss, 1).add_(running.Loss(softmaxes.PairCopies).mul_(share));
        statistics.narrow(1, RankingStatistics.PairSlope, 1).sub_(running.NegativeShare(softmaxes.PairCopies).mul_(share));
        statistics.narrow(1, RankingStatistics.Largest(softmax), 1).copy_(running.Largest);
        statistics.narrow(1, RankingStatistics.Factor(softmax), 1).copy_(factors);
        foreach (var (column, gradient) in gradients)
            gradient.add_(running.Mean(column, factors));
    }

    // Σ_j ∂ℓ/∂z_j · scale · sim_j: what the rows' texts are compared with is in their gradients already.
    private Tensor ScaleSlope(ShardRange rows, Tensor pair, Tensor statistics, Dictionary<int, Tensor> gradients)
    {
        var slope = statistics.narrow(1, RankingStatistics.PairSlope, 1) * pair;
        foreach (var (column, gradient) in gradients)
            slope.add_((directions.Of(column, rows) * gradient).sum(1, keepdim: true).mul_(scale.Value));
        return slope;
    }

    private Tensor Exponentials(ShardRange rows, ShardRange documents)
    {
        _exponentials ??= batch.Pool.Rent(Blocks.Size, Blocks.Size, batch.Columns[0]).DetachFromDisposeScope();
        return Blocks.Tile(_exponentials, rows, documents);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_exponentials is not null)
            batch.Pool.Return(_exponentials);
    }
}
