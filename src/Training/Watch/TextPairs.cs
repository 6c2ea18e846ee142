using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>
/// Pairs of texts that belong together, and how close they are. With a text column a pair is a row and the next one of its class; with several it is a row's
/// first two texts. Where rows have scores, those count whose score is at least four fifths of the batch's greatest: 4 of 5 on the scale of STS, as in
/// Gao et al. 2021, SimCSE, arXiv 2104.08821. Two equal texts are no pair.
/// </summary>
internal static class TextPairs
{
    private const double HighScore = 0.8;

    /// <summary>Pairs in the order of their first text; evenly spaced ones where there are more than <paramref name="most"/>.</summary>
    public static ImmutableArray<(TextPlace First, TextPlace Second)> Choose(EmbeddingBatch batch, int most)
    {
        var pairs = batch.Columns.Length == 1 ? OfClasses(batch) : OfColumns(batch);
        return WatchedTexts.EvenlySpaced([.. pairs.Where(pair => AreTexts(Hash(batch, pair.First), Hash(batch, pair.Second)))], most);
    }

    /// <summary>mean ‖x̂ − ŷ‖² over pairs (Wang &amp; Isola 2020, arXiv 2005.10242, α = 2); NaN without pairs. Pairs that are not finite are left out.</summary>
    public static double Alignment(EmbeddingBatch batch, ImmutableArray<(TextPlace First, TextPlace Second)> pairs)
    {
        if (pairs.IsEmpty)
            return double.NaN;
        var (total, count) = (0.0, 0L);
        foreach (var few in Blocks.Small(new ShardRange(0, pairs.Length)))
        {
            using var scope = NewDisposeScope();
            var part = pairs.Slice(few.Start, few.Count);
            var first = WatchedTexts.Gather(batch, [.. part.Select(pair => pair.First)]);
            var second = WatchedTexts.Gather(batch, [.. part.Select(pair => pair.Second)]);
            var are = FiniteRows.Are(first).logical_and_(FiniteRows.Are(second));
            var squares = (Directions.Of(first) - Directions.Of(second)).square().sum(1).masked_fill_(are.logical_not(), 0);    // [pairs]
            (total, count) = (total + squares.sum().item<double>(), count + are.sum().item<long>());
        }

        return total / count;
    }

    private static List<(TextPlace First, TextPlace Second)> OfClasses(EmbeddingBatch batch)
    {
        var next = new Dictionary<int, int>();
        var pairs = new List<(TextPlace First, TextPlace Second)>();
        for (var row = batch.Rows - 1; row >= 0; row--)
        {
            if (batch.Labels[row] < 0)
                continue;
            if (next.TryGetValue(batch.Labels[row], out var other))
                pairs.Add((new(0, row), new(0, other)));
            next[batch.Labels[row]] = row;
        }

        pairs.Reverse();
        return pairs;
    }

    private static IEnumerable<(TextPlace First, TextPlace Second)> OfColumns(EmbeddingBatch batch)
    {
        var rows = Enumerable.Range(0, batch.Rows);
        if (!batch.Scores.IsEmpty)
        {
            var greatest = batch.Scores.Max();
            rows = rows.Where(row => greatest > 0 && batch.Scores[row] >= HighScore * greatest);
        }

        return rows.Select(row => (new TextPlace(0, row), new TextPlace(1, row)));
    }

    private static bool AreTexts(ulong first, ulong second) => first != 0 && second != 0 && first != second;

    private static ulong Hash(EmbeddingBatch batch, TextPlace place) => batch.TextHashes[place.Column][place.Row];
}
