using Distributed.Training.Inference;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Inference;

public sealed class EncodingPlanTests
{
    private const int LongestText = 40;

    [Fact]
    public void Texts_Repeated_AreDistinctAndSortedByLengthThenOccurrence()
    {
        var plan = new EncodingPlan(["ccc", "b", "aaa", "b", "", "ccc"], LongestText);

        Assert.Equal(["", "b", "ccc", "aaa"], plan.Texts);
    }

    [Fact]
    public void Restore_AnyTexts_GivesEachItsOwnRow() => Prop.ForAll(Texts(), texts =>
    {
        var plan = new EncodingPlan(texts, LongestText);
        var encoded = plan.Texts.SelectMany(text => new float[] { text.Length, text.GetHashCode(StringComparison.Ordinal) }).ToArray();

        var restored = plan.Restore(encoded, dim: 2);

        return restored.Count == texts.Length
            && texts.Index().All(text => restored.Row(text.Index).SequenceEqual([text.Item.Length, text.Item.GetHashCode(StringComparison.Ordinal)]));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deal_AnyTexts_CoversAllBlocksInOrder() => Prop.ForAll(Texts(), Gen.Choose(1, 9).ToArbitrary(), (texts, worldSize) =>
    {
        var plan = new EncodingPlan(texts, LongestText);

        var bounds = plan.Deal(worldSize);

        return bounds.Length == worldSize + 1 && bounds[0] == 0 && bounds[^1] == plan.BlockCount && bounds.SequenceEqual(bounds.Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deal_ManyBlocks_SharesTheirCost()
    {
        // 4 blocks of short texts and 4 of texts that cost about three times as much: the first rank gets more blocks.
        var texts = Enumerable.Range(0, 8 * EncodingPlan.BlockTexts).Select(i => i.ToString("D8", null).PadLeft(i < 4 * EncodingPlan.BlockTexts ? 8 : 68, 'x'));
        var plan = new EncodingPlan([.. texts], longestText: 1000);

        Assert.Equal(8, plan.BlockCount);
        Assert.Equal([0, 5, 8], plan.Deal(2));
    }

    [Fact]
    public void Deal_NoTexts_GivesNobodyABlock()
    {
        var plan = new EncodingPlan([], LongestText);

        Assert.Equal([0, 0, 0], plan.Deal(2));
        Assert.Equal(0, plan.Restore([], dim: 3).Count);
    }

    private static Arbitrary<string[]> Texts() =>
        (from count in Gen.Choose(0, 1500)
         from numbers in Gen.Choose(0, 4000).ArrayOf(count)
         select Array.ConvertAll(numbers, number => number % 7 == 0 ? "" : new string((char)('a' + number % 26), number % 50) + number)).ToArbitrary();
}
