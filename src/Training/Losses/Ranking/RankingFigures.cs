using System.Collections.Immutable;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>Figures of a batch: how many rows have their positive first, how similar pairs are, the learned scale, the share that the score mask leaves out.</summary>
internal sealed class RankingFigures(EmbeddingBatch batch, RankingSoftmaxes softmaxes, RankingScale scale, bool hasScoreMask)
{
    public IReadOnlyDictionary<string, double> Of(Tensor statistics)
    {
        var figures = ImmutableDictionary.CreateBuilder<string, double>();
        figures["accuracy"] = Mean(RankingStatistics.IsFirst);
        figures["positive_similarity"] = Mean(RankingStatistics.Similarity);
        if (scale.IsLearned)
            figures["scale"] = scale.Value;
        if (hasScoreMask)
            figures["masked_by_score"] = RowSums.Of(statistics, RankingStatistics.Masked) / Math.Max(1, softmaxes.Comparisons.Sum(Candidates));
        return figures.ToImmutable();

        double Mean(int column) => RowSums.Of(statistics, column) / batch.Rows;
    }

    // Places of all rows, before anything is masked.
    private long Candidates(Comparison comparison)
    {
        var column = comparison.DocumentColumn;
        var hashes = comparison.IsMemory ? batch.Memory!.TextHashes[column - batch.Columns.Length] : batch.TextHashes[column];
        var places = (long)batch.Rows * hashes.Count(hash => hash != 0);
        return comparison.LeavesOutOwn ? places - batch.Rows : places;
    }
}
