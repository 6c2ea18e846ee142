using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>Logits of a block of rows against a block of documents: product, masks, hardness. The same bits whenever a tile is made.</summary>
internal sealed class RankingTiles(RankingLossOptions options, double scale, TextDirections directions, ExcludedColumns excluded, ScoreMasks? scoreMasks)
{
    /// <summary>One tile.</summary>
    /// <param name="comparison">What is compared.</param>
    /// <param name="rows">The tile's rows.</param>
    /// <param name="documents">The tile's columns.</param>
    /// <param name="logits">Memory for the logits, [rows, documents]; written.</param>
    public RankingTile Make(Comparison comparison, ShardRange rows, ShardRange documents, Tensor logits)
    {
        using var scope = NewDisposeScope();
        var (rowDirections, documentDirections) = (directions.Of(comparison.RowColumn, rows), directions.Of(comparison.DocumentColumn, documents));
        Multiply(rowDirections, documentDirections.t(), logits);
        excluded.Mask(logits, comparison, rows, documents);
        var masked = scoreMasks?.Mask(logits, scale, comparison, rows, documents);
        Tensor? plainLargest = null;
        if (comparison.Direction is RankingDirections.QueryToDocument && options.Hardness is not HardnessMode.None)
        {
            plainLargest = logits.amax([1], keepdim: true);
            AddHardness(logits, comparison, rows, documents);
        }

        return new(logits, plainLargest?.MoveToOuterDisposeScope(), masked?.MoveToOuterDisposeScope());
    }

    // The factor inside of the product costs nothing, but is a float32.
    private void Multiply(Tensor rows, Tensor documents, Tensor logits)
    {
        if (rows.dtype == ScalarType.Float32)
            logits.addmm_(rows, documents, beta: 0, alpha: (float)scale);
        else
            logits.addmm_(rows, documents, beta: 0, alpha: 1).mul_(scale);
    }

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
