using Distributed.Training.Mining;

namespace Distributed.Training.Tests.Mining;

public sealed class MiningSetTests
{
    [Fact]
    public void New_EqualTexts_AreOne()
    {
        var set = new MiningSet([new("q", "a"), new("r", "a"), new("q", "b")], ["c", "a", "c"]);

        Assert.Equal(["q", "r"], set.Queries);
        Assert.Equal(["c", "a", "b"], set.Candidates);
        Assert.Equal([new MiningRow(0, 1), new MiningRow(1, 1), new MiningRow(0, 2)], set.Rows);
    }

    [Fact]
    public void PositivesOf_QueryWithSeveral_AreDistinctAndAscending()
    {
        var set = new MiningSet([new("q", "b"), new("r", "c"), new("q", "a"), new("q", "b")], ["a", "b"]);

        Assert.Equal([0, 1], set.PositivesOf(0).ToArray());
        Assert.Equal([2], set.PositivesOf(1).ToArray());
        Assert.Equal([0, 2, 3], [set.PositiveStart(0), set.PositiveStart(1), set.PositiveStart(2)]);
    }

    [Fact]
    public void IsKnown_PositivesAndOwnText_AreKnown()
    {
        var set = new MiningSet([new("q", "a"), new("r", "b"), new("q", "c")], ["r", "q", "x"]);

        // Candidates: r q x a b c.
        Assert.Equal([false, true, false, true, false, true], Enumerable.Range(0, 6).Select(candidate => set.IsKnown(0, candidate)));
        Assert.Equal([true, false, false, false, true, false], Enumerable.Range(0, 6).Select(candidate => set.IsKnown(1, candidate)));
    }

    [Fact]
    public void New_TextsThatDifferInCase_AreTwo() =>
        Assert.Equal(["a", "A"], new MiningSet([new("q", "a"), new("q", "A")], []).Candidates);
}
