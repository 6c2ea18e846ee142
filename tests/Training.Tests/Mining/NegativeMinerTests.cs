using System.Globalization;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;
using Distributed.Training.Mining;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Mining;

public sealed class NegativeMinerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void MineAsync_AnyWindowAndWorldSize_EqualsAFullSortToTheBit() =>
        Prop.ForAll(Cases(), RanksAndWindowsAgree).QuickCheckThrowOnFailure();

    [Fact]
    public async Task MineAsync_SeveralPositives_NoneIsMinedAndTheLeastSimilarSetsTheMargin()
    {
        // At (1, 0): cosines 1, 0.8, 0.6, 0; the positives are 1 and 0.6, so only 0 is below both.
        var set = new MiningSet([new("1 0", "5 0"), new("1 0", "3 4")], ["4 3", "0 2"]);

        var mined = await MineAsync(set, new MiningOptions { Negatives = 5 }, worldSize: 1, window: 10);

        Assert.Equal([new MinedNegative(1, 0)], mined[0].Of(0).ToArray());
        Assert.Equal([1, 0.6f], set.Rows.Select(mined[0].PositiveScore));
    }

    [Fact]
    public async Task MineAsync_CandidateThatIsTheQueryItself_IsNoNegative()
    {
        var set = new MiningSet([new("1 0", "2 1")], ["1 0", "1 1"]);

        var mined = await MineAsync(set, new MiningOptions { Negatives = 5, Margin = null }, worldSize: 1, window: 10);

        Assert.Equal([1], mined[0].Of(0).ToArray().Select(negative => negative.Candidate));
    }

    [Fact]
    public async Task MineAsync_EqualSimilarities_AreRankedInCandidateOrder()
    {
        var set = new MiningSet([new("1 0", "1 0.5")], ["0 1", "0 2", "0 3", "0 4"]);

        var mined = await MineAsync(set, new MiningOptions { Negatives = 2, RankMin = 2 }, worldSize: 3, window: 1);

        Assert.All(mined, rank => Assert.Equal([1, 2], rank.Of(0).ToArray().Select(negative => negative.Candidate)));
    }

    [Fact]
    public async Task MineAsync_DotProduct_PrefersLongerEntries()
    {
        var set = new MiningSet([new("1 0", "9 0")], ["1 0", "3 4"]);

        var mined = await MineAsync(set, new MiningOptions { Similarity = Similarity.Dot }, worldSize: 1, window: 10);

        Assert.Equal([new MinedNegative(1, 3)], mined[0].Of(0).ToArray());
        Assert.Equal(9, mined[0].PositiveScore(set.Rows[0]));
    }

    [Fact]
    public async Task MineAsync_EmbeddingThatIsNotFinite_NamesTheTextOnEveryRank()
    {
        var set = new MiningSet([new("1 0", "NaN 0")], []);

        var refused = await Assert.ThrowsAsync<EmbeddingNotFiniteException>(() => MineAsync(set, new MiningOptions(), worldSize: 2, window: 10));

        Assert.Contains("NaN 0", refused.Message, StringComparison.Ordinal);
    }

    private static bool RanksAndWindowsAgree((MiningSet Set, MiningOptions Options) drawn)
    {
        var (set, options) = drawn;
        MinedNegative[][]? first = null;
        foreach (var worldSize in (ReadOnlySpan<int>)[1, 2, 3, 5])
            foreach (var window in (ReadOnlySpan<int>)[1, 3, 17, 1000])
                foreach (var mined in MineAsync(set, options, worldSize, window).GetAwaiter().GetResult())
                {
                    var found = Enumerable.Range(0, set.Queries.Length).Select(query => mined.Of(query).ToArray()).ToArray();
                    first ??= found;
                    if (!found.Zip(first).All(pair => pair.First.SequenceEqual(pair.Second)) || !PlainMining.Allows(set, options, mined))
                        return false;
                }
        return true;
    }

    private static Task<MinedNegatives[]> MineAsync(MiningSet set, MiningOptions options, int worldSize, int window)
    {
        var ranks = LoopbackCollectives.Create(worldSize, [.. Enumerable.Range(0, worldSize).Select(rank => new ShardRun(rank, 1))]);
        return Task.WhenAll(ranks.Select(collectives => Task.Run(
            () => new NegativeMiner(EmbedAsync, EmbedAsync, collectives, options) { WindowTexts = window }.MineAsync(set, Cancellation).AsTask(), Cancellation)));
    }

    private static ValueTask<EmbeddingMatrix> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new EmbeddingMatrix([.. texts.SelectMany(PlainMining.Vector)], PlainMining.Vector(texts[0]).Length));

    // Small integers in few dimensions: most similarities occur many times, queries and candidates share texts, and some vectors are zero.
    private static Arbitrary<(MiningSet, MiningOptions)> Cases() =>
        (from dim in Gen.Choose(1, 4)
         from rows in Gen.Choose(1, 15)
         from entries in Gen.Choose(0, 40)
         from anchors in Text(dim).ArrayOf(rows)
         from positives in Text(dim).ArrayOf(rows)
         from corpus in Text(dim).ArrayOf(entries)
         from options in MiningCases.Options
         select (new MiningSet(anchors.Zip(positives, (anchor, positive) => new TextPair(anchor, positive)), corpus), options)).ToArbitrary();

    private static Gen<string> Text(int dim) =>
        Gen.Choose(-1, 2).ArrayOf(dim).Select(numbers => string.Join(' ', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))));
}
