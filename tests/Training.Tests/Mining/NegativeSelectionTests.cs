using Distributed.Training.Mining;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Mining;

public sealed class NegativeSelectionTests
{
    // Ranks 1 to 8.
    private static readonly float[] Ranked = [0.9f, 0.8f, 0.75f, 0.5f, 0.5f, 0.25f, 0f, -0.5f];

    [Fact]
    public void Choose_Top_TakesTheFirstThatFit() =>
        Assert.Equal([0, 1], Choose(new MiningOptions { Negatives = 2, Margin = null }, positive: 0));

    [Fact]
    public void Choose_RankRange_CountsFromOneAndIncludesBothEnds() =>
        Assert.Equal([2, 3, 4], Choose(new MiningOptions { Negatives = 8, Margin = null, RankMin = 3, RankMax = 5 }, positive: 0));

    [Fact]
    public void Choose_RanksBeyondTheCandidates_GivesNothing() =>
        Assert.Empty(Choose(new MiningOptions { Margin = null, RankMin = 9 }, positive: 0));

    [Fact]
    public void Choose_MarginZero_TakesOnlyLessSimilarOnes() =>
        Assert.Equal([3, 4, 5, 6, 7], Choose(new MiningOptions { Negatives = 8, Margin = 0 }, positive: 0.75f));

    [Fact]
    public void Choose_Margin_IsMeasuredFromThePositive() =>
        Assert.Equal([5, 6, 7], Choose(new MiningOptions { Negatives = 8, Margin = 0.25 }, positive: 0.75f));

    // 0.5 − 0.5 × 0.5 = 0.25, which the candidate at 0.25 does not stay below.
    [Fact]
    public void Choose_RelativeMargin_IsAShareOfThePositive() =>
        Assert.Equal([6, 7], Choose(new MiningOptions { Negatives = 8, Margin = null, RelativeMargin = 0.5 }, positive: 0.5f));

    // −0.25 − 0.5 × 0.25 = −0.375: further down, though half of −0.25 would be further up.
    [Fact]
    public void Choose_RelativeMarginToNegativePositive_GoesDown() =>
        Assert.Equal([7], Choose(new MiningOptions { Negatives = 8, Margin = null, RelativeMargin = 0.5 }, positive: -0.25f));

    [Fact]
    public void Choose_BothMargins_TheStricterCounts()
    {
        var options = new MiningOptions { Negatives = 8, Margin = 0.25, RelativeMargin = 0.9 };

        Assert.Equal([6, 7], Choose(options, positive: 1));
    }

    [Fact]
    public void Choose_ScoreLimits_AreInclusive() =>
        Assert.Equal([2, 3, 4, 5], Choose(new MiningOptions { Negatives = 8, Margin = null, MaxScore = 0.75, MinScore = 0.25 }, positive: 0));

    [Fact]
    public void Choose_PositiveThatIsNotANumber_TakesNothing() =>
        Assert.Empty(Choose(new MiningOptions { Negatives = 8 }, positive: float.NaN));

    [Fact]
    public void Choose_Refusals_AreCountedOnceByTheFirstRule()
    {
        var tally = default(SelectionTally);
        var options = new MiningOptions { RankMax = 7, Margin = 0.125, MaxScore = 0.375, MinScore = 0.125 };

        NegativeSelection.Choose(Ranked, positive: 0.875f, query: 0, options, ref tally);

        Assert.Equal(new SelectionTally(Considered: 7, WithinMargin: 3, AboveMaxScore: 2, BelowMinScore: 1), tally);
    }

    [Fact]
    public void Choose_AnyScoresAndOptions_EqualsThePlainFilter() =>
        Prop.ForAll(Cases(), MiningCases.IsPlain).QuickCheckThrowOnFailure();

    [Fact]
    public void Choose_Random_TakesEachThatFitsAboutEquallyOften()
    {
        var options = new MiningOptions { Negatives = 2, Margin = null, RankMin = 2, RankMax = 6, Sampling = NegativeSampling.Random };
        var counts = new int[Ranked.Length];

        for (var query = 0; query < 5000; query++)
            foreach (var place in Choose(options, positive: 0, query))
                counts[place]++;

        // 2,000 expected each; the standard deviation is √(5000 · 0.4 · 0.6) = 35.
        Assert.All(counts[1..6], count => Assert.InRange(count, 1800, 2200));
        Assert.Equal(10_000, counts[1..6].Sum());
    }

    [Fact]
    public void Choose_RandomWithOtherSeedOrQuery_DrawsAnew()
    {
        var options = new MiningOptions { Negatives = 3, Margin = null, Sampling = NegativeSampling.Random };

        var draws = Enumerable.Range(0, 20).Select(query => string.Join(' ', Choose(options, 0, query))).ToHashSet();
        var seeds = Enumerable.Range(0, 20).Select(seed => string.Join(' ', Choose(options with { Seed = seed }, 0))).ToHashSet();

        Assert.True(draws.Count > 5);
        Assert.True(seeds.Count > 5);
    }

    private static int[] Choose(MiningOptions options, float positive, int query = 0)
    {
        var tally = default(SelectionTally);
        return NegativeSelection.Choose(Ranked, positive, query, options, ref tally).ToArray();
    }

    private static Arbitrary<(float[] Ranked, float Positive, int Query, MiningOptions Options)> Cases() =>
        (from count in Gen.Choose(0, 12)
         from scores in MiningCases.Score.ArrayOf(count)
         from positive in MiningCases.Score
         from query in Gen.Choose(0, 1000)
         from options in MiningCases.Options
         select (scores.OrderDescending().ToArray(), positive, query, options)).ToArbitrary();
}
