using Distributed.Data.Reading;
using Distributed.Training.Evaluation;

namespace Distributed.Training.Tests.Evaluation;

public sealed class RankingMeasuresTests
{
    private const double Tolerance = 1e-15; // a few roundings of numbers around 1

    [Fact]
    public void Of_OneRelevantEntryAtRankThree_GivesItsDiscount()
    {
        var scores = RankingMeasures.Of([7, 4, 9, 1, 0, 2, 3, 5, 6, 8], [new RelevantEntry(9, 1)]);

        Assert.Equal(0.5, scores.NdcgAt10, Tolerance); // 1 / log2(3 + 1)
        Assert.Equal(1.0 / 3, scores.MrrAt10, Tolerance);
        Assert.Equal(0, scores.RecallAt1);
        Assert.Equal(1, scores.RecallAt10);
    }

    [Fact]
    public void Of_SeveralRelevantEntries_CountsEach()
    {
        // Of four, two are found, at ranks 1 and 3.
        var scores = RankingMeasures.Of([5, 0, 6, 1, 2], [new(5, 1), new(6, 1), new(70, 1), new(80, 1)]);

        var ideal = 1 + 1 / Math.Log2(3) + 0.5 + 1 / Math.Log2(5);
        Assert.Equal(1.5 / ideal, scores.NdcgAt10, Tolerance);
        Assert.Equal(1, scores.MrrAt10);
        Assert.Equal(0.25, scores.RecallAt1);
        Assert.Equal(0.5, scores.RecallAt10);
    }

    [Fact]
    public void Of_GradedRelevance_WeighsByGrade()
    {
        // Grades 1 at rank 1 and 3 at rank 2; best would be 3 first: (1 + 3 / log2 3) / (3 + 1 / log2 3).
        var scores = RankingMeasures.Of([2, 1], [new(1, 3), new(2, 1)]);

        Assert.Equal((1 + 3 / Math.Log2(3)) / (3 + 1 / Math.Log2(3)), scores.NdcgAt10, Tolerance);
        Assert.Equal(0.7967075809905066, scores.NdcgAt10, 1e-12);
    }

    [Fact]
    public void Of_MoreThanTenRelevantEntries_IdealStopsAtTen()
    {
        var scores = RankingMeasures.Of([.. Enumerable.Range(0, 10)], [.. Enumerable.Range(0, 20).Select(i => new RelevantEntry(i, 1))]);

        Assert.Equal(1, scores.NdcgAt10, Tolerance);
        Assert.Equal(0.5, scores.RecallAt10);
        Assert.Equal(0.05, scores.RecallAt1);
    }

    [Fact]
    public void Of_RelevanceZero_IsNotRelevant()
    {
        var scores = RankingMeasures.Of([3, 4], [new(3, 0), new(4, 1)]);

        Assert.Equal(0.5, scores.MrrAt10);
        Assert.Equal(0, scores.RecallAt1);
    }

    [Fact]
    public void Of_NothingRelevantOrFound_IsZero()
    {
        Assert.Equal(default, RankingMeasures.Of([0, 1, 2], []));
        Assert.Equal(default, RankingMeasures.Of([0, 1, -1], [new(2, 1)]));
    }
}
