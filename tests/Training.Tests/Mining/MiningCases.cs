using Distributed.Jobs.Losses;
using Distributed.Training.Mining;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Mining;

/// <summary>Drawn options and scores, and what has to hold for a choice under them.</summary>
internal static class MiningCases
{
    /// <summary>Few values, so that most occur several times.</summary>
    public static Gen<float> Score => Gen.Choose(-4, 8).Select(eighths => eighths / 8f);

    public static Gen<MiningOptions> Options =>
        from negatives in Gen.Choose(1, 4)
        from first in Gen.Choose(1, 4)
        from more in Gen.Choose(0, 9)
        from margin in Optional(Gen.Choose(0, 4).Select(eighths => eighths / 8.0))
        from relative in Optional(Gen.Choose(0, 4).Select(quarters => quarters / 4.0))
        from most in Optional(Score.Select(score => (double)score))
        from least in Optional(Score.Select(score => (double)score))
        from sampling in Gen.Elements(NegativeSampling.Top, NegativeSampling.Random)
        from similarity in Gen.Elements(Similarity.Cosine, Similarity.Dot)
        from seed in Gen.Choose(0, 100)
        select new MiningOptions
        {
            Negatives = negatives,
            RankMin = first,
            RankMax = first + more,
            Margin = margin,
            RelativeMargin = relative,
            MaxScore = most,
            MinScore = least,
            Sampling = sampling,
            Similarity = similarity,
            Seed = seed,
        };

    /// <summary>The ranks that may be chosen, by one condition after another, counted from 0.</summary>
    public static int[] Fitting(IReadOnlyList<float> ranked, float positive, MiningOptions options) =>
    [
        .. Enumerable.Range(0, ranked.Count)
            .Where(place => place + 1 >= options.RankMin && place + 1 <= options.RankMax)
            .Where(place => options.Margin is not { } margin || ranked[place] < positive - margin)
            .Where(place => options.RelativeMargin is not { } share || ranked[place] < positive - Math.Abs((double)positive) * share)
            .Where(place => options.MaxScore is not { } most || ranked[place] <= most)
            .Where(place => options.MinScore is not { } least || ranked[place] >= least),
    ];

    /// <summary>Whether the choice is what the plain filter allows: its first for top, any of it for random, as many as there can be, each once, in order.</summary>
    public static bool IsPlain((float[] Ranked, float Positive, int Query, MiningOptions Options) drawn)
    {
        var (ranked, positive, query, options) = drawn;
        SelectionTally tally = default, again = default;
        var chosen = NegativeSelection.Choose(ranked, positive, query, options, ref tally).ToArray();
        var fitting = Fitting(ranked, positive, options);
        var count = Math.Min(fitting.Length, options.Negatives);
        return chosen.SequenceEqual(NegativeSelection.Choose(ranked, positive, query, options, ref again).ToArray())
            && tally.Considered == tally.WithinMargin + tally.AboveMaxScore + tally.BelowMinScore + fitting.Length
            && (options.Sampling is NegativeSampling.Top
                ? chosen.SequenceEqual(fitting.Take(count))
                : chosen.Length == count && chosen.Distinct().Order().SequenceEqual(chosen) && !chosen.Except(fitting).Any());
    }

    private static Gen<double?> Optional(Gen<double> values) => Gen.OneOf(Gen.Constant<double?>(null), values.Select(value => (double?)value));
}
