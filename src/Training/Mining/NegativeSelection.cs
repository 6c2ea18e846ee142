using Distributed.Data.Sampling;

namespace Distributed.Training.Mining;

/// <summary>Chooses a query's negatives from its ranked candidates. Pure: the same scores and options give the same choice, on any rank.</summary>
internal static class NegativeSelection
{
    /// <summary>The places of the chosen candidates in the ranking, from 0, the most similar first; at most <see cref="MiningOptions.Negatives"/>.</summary>
    /// <param name="ranked">Similarities of the candidates, descending, without texts that are known to belong to the query.</param>
    /// <param name="positive">Similarity of the query's positive, of several the least.</param>
    /// <param name="query">The query's number: each has its own random numbers.</param>
    /// <param name="options">What fits.</param>
    /// <param name="tally">Counts what did not.</param>
    public static ReadOnlySpan<int> Choose(ReadOnlySpan<float> ranked, float positive, int query, MiningOptions options, ref SelectionTally tally)
    {
        var places = Fitting(ranked, positive, options, ref tally);
        if (places.Length <= options.Negatives)
            return places;
        if (options.Sampling is NegativeSampling.Random)
            Draw(places, options.Negatives, new SampleRandom(options.Seed, query));
        var chosen = places[..options.Negatives];
        chosen.Sort();
        return chosen;
    }

    private static Span<int> Fitting(ReadOnlySpan<float> ranked, float positive, MiningOptions options, ref SelectionTally tally)
    {
        var (start, end) = (Math.Min(options.RankMin - 1, ranked.Length), Math.Min(options.RankMax, ranked.Length));
        var limit = Limit(positive, options);
        var places = new int[end - start];
        var count = 0;
        tally += new SelectionTally(Considered: end - start, 0, 0, 0);
        for (var place = start; place < end; place++)
        {
            double score = ranked[place];
            if (limit is { } below && !(score < below))
                tally += new SelectionTally(0, WithinMargin: 1, 0, 0);
            else if (score > options.MaxScore)
                tally += new SelectionTally(0, 0, AboveMaxScore: 1, 0);
            else if (score < options.MinScore)
                tally += new SelectionTally(0, 0, 0, BelowMinScore: 1);
            else
                places[count++] = place;
        }

        return places.AsSpan(0, count);
    }

    /// <summary>What a negative has to stay below; null: nothing.</summary>
    private static double? Limit(double positive, MiningOptions options)
    {
        var absolute = positive - options.Margin;
        var relative = positive - Math.Abs(positive) * options.RelativeMargin;
        return absolute is { } left && relative is { } right ? Math.Min(left, right) : absolute ?? relative;
    }

    /// <summary>Puts a uniform sample without replacement to the front (the first steps of Fisher and Yates).</summary>
    private static void Draw(Span<int> places, int count, SampleRandom random)
    {
        for (var i = 0; i < count; i++)
        {
            var j = i + random.Next(places.Length - i);
            (places[i], places[j]) = (places[j], places[i]);
        }
    }
}
