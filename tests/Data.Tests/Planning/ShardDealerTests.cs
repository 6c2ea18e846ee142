using Distributed.Data.Planning;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Data.Tests.Planning;

public sealed class ShardDealerTests
{
    /// <summary>Shards and speeds; at least as many shards as ranks.</summary>
    private static readonly Arbitrary<(int Shards, double[] Speeds)> Deals = (
        from speeds in Gen.Choose(1, 1000).Select(speed => speed / 10.0).NonEmptyListOf()
        from more in Gen.Choose(0, 100)
        select (speeds.Count + more, speeds.ToArray())).ToArbitrary();

    [Fact]
    public void Deal_AnySpeeds_RunsAreDisjointAndCoverAllShards() =>
        Prop.ForAll(Deals, deal =>
        {
            var runs = ShardDealer.Deal(deal.Shards, deal.Speeds);

            return runs.Length == deal.Speeds.Length && runs.All(run => run.Count >= 1)
                && runs.SelectMany(run => Enumerable.Range(run.First, run.Count)).SequenceEqual(Enumerable.Range(0, deal.Shards));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deal_AnySpeeds_FasterRanksGetNoFewerShards() =>
        Prop.ForAll(Deals, deal =>
        {
            var counts = ShardDealer.Deal(deal.Shards, deal.Speeds).Select(run => run.Count).ToArray();
            var ranks = Enumerable.Range(0, counts.Length).ToList();

            return ranks.All(fast => ranks.All(slow => deal.Speeds[fast] <= deal.Speeds[slow] || counts[fast] >= counts[slow]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deal_SharesOfAtLeastOne_AreMissedByLessThanOne() =>
        Prop.ForAll(Deals, deal =>
        {
            var counts = ShardDealer.Deal(deal.Shards, deal.Speeds).Select(run => run.Count);
            var shares = deal.Speeds.Select(speed => deal.Shards * speed / deal.Speeds.Sum()).ToList();

            return shares.Any(share => share < 1) || counts.Zip(shares).All(pair => Math.Abs(pair.First - pair.Second) < 1 + 1e-9);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(8, new[] { 1.0 }, new[] { 8 })]
    [InlineData(8, new[] { 1.0, 1.0, 1.0 }, new[] { 3, 3, 2 })]
    [InlineData(8, new[] { 1.0, 3.0 }, new[] { 2, 6 })]
    [InlineData(4, new[] { 1.0, 1000.0, 1.0 }, new[] { 1, 2, 1 })]
    [InlineData(10, new[] { 0.1, 1.0, 2.0 }, new[] { 1, 3, 6 })]
    [InlineData(3, new[] { 1e-300, 1e300, 1.0 }, new[] { 1, 1, 1 })]
    public void Deal_SpeedsByHand_GivesLargestRemainders(int shards, double[] speeds, int[] counts) =>
        Assert.Equal(counts, ShardDealer.Deal(shards, speeds).Select(run => run.Count));

    [Theory]
    [InlineData(1, new[] { 1.0, 1.0 })]
    [InlineData(4, new double[0])]
    [InlineData(4, new[] { 1.0, 0.0 })]
    [InlineData(4, new[] { 1.0, -1.0 })]
    [InlineData(4, new[] { 1.0, double.NaN })]
    [InlineData(4, new[] { 1.0, double.PositiveInfinity })]
    public void Deal_ImpossibleArguments_Throws(int shards, double[] speeds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ShardDealer.Deal(shards, speeds));
}
