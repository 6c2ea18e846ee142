using Distributed.Data.Planning;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Data.Tests.Planning;

public sealed class MicroBatchCutterTests
{
    [Fact]
    public void Cut_AnyLengths_SortsThemAndRespectsTheBudget() =>
        Prop.ForAll(Gen.Choose(0, 60).ArrayOf().ToArbitrary(), Gen.Choose(1, 100).ToArbitrary(), (lengths, budget) =>
        {
            var microBatches = MicroBatchCutter.Cut(lengths, budget);
            var sorted = Enumerable.Range(0, lengths.Length).OrderBy(text => lengths[text]).ThenBy(text => text);

            return microBatches.SelectMany(texts => texts).SequenceEqual(sorted)
                && microBatches.All(texts => texts.Length == 1 || (texts.Length > 1 && texts.Sum(text => lengths[text]) <= budget));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cut_AnyLengths_NoTextWouldFitIntoTheMicroBatchBefore() =>
        Prop.ForAll(Gen.Choose(1, 60).ArrayOf().ToArbitrary(), Gen.Choose(1, 100).ToArbitrary(), (lengths, budget) =>
        {
            var microBatches = MicroBatchCutter.Cut(lengths, budget);

            return microBatches.Zip(microBatches.Skip(1)).All(pair => pair.First.Sum(text => lengths[text]) + lengths[pair.Second[0]] > budget);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cut_EqualLengths_KeepsTheirOrder()
    {
        // 5 + 5 fit into 12; the 20 alone does not, and stands alone.
        var microBatches = MicroBatchCutter.Cut([5, 20, 5, 5, 3], tokenBudget: 12);

        Assert.Equal([[4, 0], [2, 3], [1]], microBatches.Select(texts => texts.ToArray()));
    }

    [Fact]
    public void Cut_NoTexts_GivesNone() => Assert.Empty(MicroBatchCutter.Cut([], 10));

    [Fact]
    public void Cut_LengthsNearTheLargestInteger_DoNotOverflow() =>
        Assert.Equal(2, MicroBatchCutter.Cut([int.MaxValue, int.MaxValue], int.MaxValue).Length);

    [Fact]
    public void Cut_NoBudget_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => MicroBatchCutter.Cut([1], 0));
}
