using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary><see cref="MultipleNegativesRankingLoss"/> over one batch.</summary>
internal sealed class MultipleNegativesRankingPass(EmbeddingBatch batch, double scale, Similarity similarity, bool maskFalseNegatives) : ILossPass
{
    // Statistics of a row: its loss, the largest z, and Σ exp(z − largest).
    private const int Loss = 0, Largest = 1, Sum = 2;
    private const double BelowAll = -1e30; // where the running maximum starts: finite, so that a tile of −∞ alone gives no NaN

    /// <inheritdoc/>
    public int StatisticsPerRow => 3;

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var statistics = empty([shard.Count, StatisticsPerRow], batch.Columns[0].dtype, batch.Columns[0].device);
        foreach (var rows in Blocks.Of(shard))
            ScoreBlock(rows, statistics.narrow(0, rows.Start - shard.Start, rows.Count));
        return statistics.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics) => RowLosses.Sum(statistics) / batch.Rows;

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var gradients = batch.Columns.Select(column => zeros([shard.Count, column.size(1)], column.dtype, column.device)).ToImmutableArray();
        foreach (var own in Blocks.Of(shard))
        {
            var parts = gradients.Select(gradient => gradient.narrow(0, own.Start - shard.Start, own.Count)).ToImmutableArray();
            AddAsAnchors(statistics, own, parts[0]);
            for (var column = 1; column < batch.Columns.Length; column++)
                AddAsDocuments(statistics, own, column, parts[column]);
            for (var column = 0; column < batch.Columns.Length; column++)
                Finish(batch.Columns[column].narrow(0, own.Start, own.Count), parts[column], column == 0 ? scale / batch.Rows : 1.0 / batch.Rows);
        }

        return [.. gradients.Select(gradient => gradient.MoveToOuterDisposeScope())];
    }

    private void ScoreBlock(ShardRange rows, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var anchors = ScaledAnchors(rows);                                      // [rows, dim]
        var own = empty([rows.Count, 1], anchors.dtype, anchors.device);               // z of the row's own positive
        var largest = full([rows.Count, 1], BelowAll, anchors.dtype, anchors.device);
        var sum = zeros_like(largest);
        for (var column = 1; column < batch.Columns.Length; column++)
        {
            foreach (var documents in Blocks.Of(new(0, batch.Rows)))
            {
                using var tileScope = NewDisposeScope();
                var z = Tile(anchors, Directions(column, documents), rows, column, documents);
                if (OwnPositives(z, rows, column, documents) is var (positives, first))
                    own.narrow(0, first, positives.numel()).squeeze(1).copy_(positives);

                var before = largest.clone();
                largest.copy_(maximum(before, z.amax([1], keepdim: true)));
                sum.mul_(before.sub_(largest).exp_()).add_(z.sub_(largest).exp_().sum(1, keepdim: true));
            }
        }

        statistics.narrow(1, Loss, 1).copy_(sum.log().add_(largest - own));
        statistics.narrow(1, Largest, 1).copy_(largest);
        statistics.narrow(1, Sum, 1).copy_(sum);
    }

    // Σ_j A_ij d̂_j over all documents, for own rows i; A = softmax(z) − one-hot of the own positive.
    private void AddAsAnchors(Tensor statistics, ShardRange own, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var anchors = ScaledAnchors(own);
        for (var column = 1; column < batch.Columns.Length; column++)
        {
            foreach (var documents in Blocks.Of(new(0, batch.Rows)))
            {
                using var tileScope = NewDisposeScope();
                var directions = Directions(column, documents);
                gradient.addmm_(Unnormalised(anchors, directions, statistics, own, column, documents), directions);
            }
        }

        gradient.div_(Statistic(statistics, Sum, own));
    }

    // Σ_i A_ij scale·q̂_i over all anchors, for own documents j of one column.
    private void AddAsDocuments(Tensor statistics, ShardRange own, int column, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var directions = Directions(column, own);
        foreach (var rows in Blocks.Of(new(0, batch.Rows)))
        {
            using var tileScope = NewDisposeScope();
            var anchors = ScaledAnchors(rows);
            var a = Unnormalised(anchors, directions, statistics, rows, column, own);
            gradient.addmm_(a.t(), anchors.div_(Statistic(statistics, Sum, rows)));
        }
    }

    /// <summary>A of one tile, [rows, documents], times the row's Σ exp: dividing a row of dim numbers is cheaper than one of documents.</summary>
    private Tensor Unnormalised(
        Tensor anchors, Tensor directions, Tensor statistics, ShardRange rows, int column, ShardRange documents)
    {
        var a = Tile(anchors, directions, rows, column, documents).sub_(Statistic(statistics, Largest, rows)).exp_();
        if (OwnPositives(a, rows, column, documents) is var (positives, first))
            positives.sub_(Statistic(statistics, Sum, rows).narrow(0, first, positives.numel()).squeeze(1));
        return a;
    }

    private static Tensor Statistic(Tensor statistics, int column, ShardRange rows) =>
        statistics.narrow(0, rows.Start, rows.Count).narrow(1, column, 1);                 // [rows, 1]

    /// <summary>z of one tile, [rows, documents]; −∞ where a document does not count for a row.</summary>
    private Tensor Tile(Tensor anchors, Tensor directions, ShardRange rows, int column, ShardRange documents)
    {
        var z = anchors.mm(directions.t());
        new ExcludedColumns(batch, maskFalseNegatives).Mask(z, rows, column, documents);
        return z;
    }

    /// <summary>The places of a tile where a row meets its own positive, as a view, and the first such row within the tile; null if there is none.</summary>
    private static (Tensor Places, int First)? OwnPositives(Tensor tile, ShardRange rows, int column, ShardRange documents)
    {
        var start = Math.Max(rows.Start, documents.Start);
        var count = Math.Min(rows.End, documents.End) - start;
        if (column != 1 || count <= 0)
            return null;

        var square = tile.narrow(0, start - rows.Start, count).narrow(1, start - documents.Start, count);
        return (square.diagonal(), start - rows.Start);
    }

    private Tensor ScaledAnchors(ShardRange rows) => Directions(0, rows).mul_(scale);

    // Always a new tensor: one that starts at a cache line, whatever the row, so that a product's last bits do not depend on the address.
    private Tensor Directions(int column, ShardRange rows)
    {
        var embeddings = batch.Columns[column].narrow(0, rows.Start, rows.Count);
        return similarity is Similarity.Cosine ? UnitRows.Of(embeddings) : embeddings.clone();
    }

    private void Finish(Tensor embeddings, Tensor gradient, double factor)
    {
        using var scope = NewDisposeScope();
        gradient.mul_(factor);
        if (similarity is Similarity.Cosine)
            gradient.copy_(UnitRows.Backward(embeddings, gradient));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
