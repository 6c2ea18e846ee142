using System.Collections.Immutable;
using Distributed.Data.Reading;

namespace Distributed.Training.Evaluation;

/// <summary>The measures of one query's ranking.</summary>
public static class RankingMeasures
{
    /// <summary>Ranks that count.</summary>
    public const int Depth = 10;

    /// <summary>
    /// Scores one ranking. With g(r) the relevance of the entry at rank r: DCG = Σ g(r) / log₂(r + 1), nDCG = DCG / DCG of the best possible ranking.
    /// Gain is linear, as in trec_eval and BEIR; with one grade of relevance that is sentence-transformers' figure too.
    /// </summary>
    /// <param name="ranking">Corpus positions, best first; −1 where the corpus has fewer than <see cref="Depth"/> entries.</param>
    /// <param name="relevant">The query's relevant entries; those with relevance 0 or less do not count.</param>
    /// <returns>All zeros where no entry is relevant.</returns>
    public static RetrievalScores Of(ReadOnlySpan<int> ranking, ImmutableArray<RelevantEntry> relevant)
    {
        var gains = relevant.Where(entry => entry.Relevance > 0).ToDictionary(entry => entry.CorpusIndex, entry => entry.Relevance);
        if (gains.Count == 0)
            return default;

        var (gained, first, found) = (0.0, 0, 0);
        for (var rank = 1; rank <= Math.Min(Depth, ranking.Length); rank++)
        {
            if (!gains.TryGetValue(ranking[rank - 1], out var gain))
                continue;
            gained += gain * Discount(rank);
            first = first == 0 ? rank : first;
            found++;
        }

        return new RetrievalScores(
            gained / Ideal(gains.Values), first == 0 ? 0 : 1.0 / first, first == 1 ? 1.0 / gains.Count : 0, (double)found / gains.Count);
    }

    private static double Ideal(IEnumerable<double> gains) =>
        gains.OrderDescending().Take(Depth).Select((gain, index) => gain * Discount(index + 1)).Sum();

    private static double Discount(int rank) => 1 / Math.Log2(rank + 1);
}
