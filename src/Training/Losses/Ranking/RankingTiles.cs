using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>Logits of a block of rows against a block of documents: product, masks, hardness. The same bits whenever a tile is made.</summary>
internal sealed class RankingTiles(RankingLossOptions options, double scale, TextDirections directions, ExcludedColumns excluded, ScoreMasks? scoreMasks)
{
    /// <summary>One tile; its tensors are new.</summary>
    public RankingTile Of(Comparison comparison, ShardRange rows, ShardRange documents)
    {
        using var scope = NewDisposeScope();
        var (rowDirections, documentDirections) = (directions.Of(comparison.RowColumn, rows), directions.Of(comparison.DocumentColumn, documents));
        var logits = Product(rowDirections, documentDirections.t());
        excluded.Mask(logits, comparison, rows, documents);
        var masked = scoreMasks?.Mask(logits, scale, comparison, rows, documents);
        Tensor? plainLargest = null;
        if (comparison.Direction is RankingDirections.QueryToDocument && options.Hardness is not HardnessMode.None)
        {
            plainLargest = logits.amax([1], keepdim: true);
            AddHardness(logits, comparison, rows, documents);
        }

        return new(logits.MoveToOuterDisposeScope(), plainLargest?.MoveToOuterDisposeScope(), masked?.MoveToOuterDisposeScope());
    }

    // The factor inside of the product costs nothing, but is a float32.
    private Tensor Product(Tensor rows, Tensor documents) => rows.dtype == ScalarType.Float32
        ? empty([rows.size(0), documents.size(1)], rows.dtype, rows.device).addmm_(rows, documents, beta: 0, alpha: (float)scale)
        : rows.mm(documents).mul_(scale);

    // strength · sim beside scale · sim; the pair itself is not in the tile.
    private void AddHardness(Tensor logits, Comparison comparison, ShardRange rows, ShardRange documents)
    {
        var factor = (scale + options.HardnessStrength) / scale;
        var own = comparison.HoldsOwnNegative ? OwnPlaces.Of(logits, rows, documents) : null;
        if (options.Hardness is not HardnessMode.Hard)
            logits.mul_(factor);
        if (options.Hardness is HardnessMode.Hard)
            own?.mul_(factor);
        if (options.Hardness is HardnessMode.InBatch)
            own?.div_(factor);
    }
}
