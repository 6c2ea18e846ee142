using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// Which negatives are false by their similarity: those above the similarity of the row's own pair, less a margin. Similarities are of what the judge gives, a
/// guide's embeddings or the batch's own. What is equal but for rounding is not above: a repeated text has its pair's similarity.
/// </summary>
/// <param name="options">The loss.</param>
/// <param name="judge">Directions that similarities are taken of.</param>
/// <param name="isGuide">Whether they are another model's.</param>
internal sealed class ScoreMasks(RankingLossOptions options, TextDirections judge, bool isGuide) : IDisposable
{
    private const double RoundingSteps = 16; // of numbers as large as the products of lengths, in a sum of a few hundred products

    private const double SmallestGuideNorm = 1e-8; // that of PyTorch's cosine_similarity

    private readonly Dictionary<ShardRange, Tensor> _limits = [];

    /// <summary>The masks of a batch: by its guide's embeddings if it has them, otherwise by its own.</summary>
    /// <param name="options">The loss.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="directions">Those of its own embeddings, not owned.</param>
    /// <param name="keeps">Whether the guide's are kept once they were normalised.</param>
    public static ScoreMasks Of(RankingLossOptions options, EmbeddingBatch batch, TextDirections directions, bool keeps) => batch.Guides.IsEmpty
        ? new ScoreMasks(options, directions, isGuide: false)
        : new ScoreMasks(options, new TextDirections(batch.Guides, SmallestGuideNorm, keeps, batch.Pool), isGuide: true);

    /// <summary>Sets places of a tile to −∞ and counts them.</summary>
    /// <param name="tile">sim · scale of [rows, documents], where other masks have left −∞ already.</param>
    /// <param name="scale">The factor in it.</param>
    /// <param name="comparison">What the tile compares.</param>
    /// <param name="rows">The tile's rows.</param>
    /// <param name="documents">The tile's columns.</param>
    /// <returns>How many of each row, [rows, 1], in the tile's dtype; null where nothing can be judged.</returns>
    public Tensor? Mask(Tensor tile, double scale, Comparison comparison, ShardRange rows, ShardRange documents)
    {
        if (isGuide && comparison.IsMemory)
            return null; // the guide has not seen it

        var limits = Limits(rows);
        var above = isGuide
            ? judge.Of(comparison.RowColumn, rows).mm(judge.Of(comparison.DocumentColumn, documents).t()).gt(limits).logical_and_(tile.ne(double.NegativeInfinity))
            : tile.gt(limits * scale);
        tile.masked_fill_(above, double.NegativeInfinity);
        return above.sum(1, keepdim: true).to(tile.dtype);
    }

    private Tensor Limits(ShardRange rows)
    {
        if (_limits.TryGetValue(rows, out var known))
            return known;

        var (anchors, positives) = (judge.Of(Comparison.Anchors, rows), judge.Of(Comparison.Positives, rows));
        var pair = (anchors * positives).sum(1, keepdim: true);
        var margin = options.ScoreMask is ScoreMask.Relative ? pair.abs().mul_(options.ScoreMaskMargin) : full_like(pair, options.ScoreMaskMargin);
        var step = pair.dtype == ScalarType.Float64 ? Math.BitIncrement(1.0) - 1 : MathF.BitIncrement(1) - 1;
        var tolerance = (anchors.norm(1, keepdim: true, p: 2f) * positives.norm(1, keepdim: true, p: 2f)).mul_(RoundingSteps * step);
        var limits = pair.sub_(margin).add_(tolerance);
        _limits.Add(rows, limits.DetachFromDisposeScope());
        return limits;
    }

    public void Dispose()
    {
        foreach (var limits in _limits.Values)
            limits.Dispose();
        if (isGuide)
            judge.Dispose();
    }
}
