using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Collectives;

public sealed class ShardTreeTests
{
    [Fact]
    public void Cover_WholeTree_IsItsRoot()
    {
        Assert.Equal([new ShardRange(0, 7)], ShardTree.Cover(new(0, 7), 7));
    }

    [Fact]
    public void Cover_MiddleOfSeven_IsItsLargestNodes()
    {
        // 7 = (0 1 2 3) (4 5 6), and those (0 1) (2 3) and (4 5) (6).
        Assert.Equal([new(1, 1), new(2, 2), new(4, 2)], ShardTree.Cover(new(1, 5), 7));
    }

    [Fact]
    public void Schedule_WholeOfFive_AddsSiblingsAsSoonAsTheyAreComplete()
    {
        Assert.Equal([new(0, 0, 0), new(1, 1, 1), new(2, 1, 0), new(3, 2, 2), new(4, 1, 1)], ShardTree.Schedule(new(0, 5), 5));
    }

    [Fact]
    public void Additions_NodesLeaveAGap_Throws()
    {
        Assert.Throws<ArgumentException>(() => ShardTree.Additions([new(0, 2), new(3, 1)], 4));
        Assert.Throws<ArgumentException>(() => ShardTree.Additions([new(0, 4), new(0, 4)], 4));
    }

    [Fact]
    public void Sum_AnyCutAmongRanks_HasTheBitsOfOneRank()
    {
        var cuts = Gen.Choose(1, 33).SelectMany(shards =>
            Gen.ListOf(Gen.Choose(0, shards)).Select(bounds => (Shards: shards, Runs: Runs(shards, bounds))));

        Prop.ForAll(cuts.ToArbitrary(), cut =>
        {
            var expected = SumOver(cut.Shards, [new(0, cut.Shards)]);
            return SumOver(cut.Shards, cut.Runs).AsSpan().SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
    }

    private static ImmutableArray<ShardRun> Runs(int shards, IEnumerable<int> bounds)
    {
        var ends = bounds.Append(shards).Distinct().Where(bound => bound > 0).Order().ToArray();
        return [.. ends.Select((end, i) => new ShardRun(i == 0 ? 0 : ends[i - 1], end - (i == 0 ? 0 : ends[i - 1])))];
    }

    // Each rank adds its shards by the schedule; then the partial sums are added.
    private static float[] SumOver(int shards, ImmutableArray<ShardRun> runs)
    {
        var partials = runs.SelectMany(run => Partials(run, shards)).ToImmutableArray();
        var sum = new float[Gradient(0).Length];
        ShardTree.Sum([.. runs.SelectMany(run => ShardTree.Cover(run, shards))], partials, shards, sum);
        return sum;
    }

    private static IEnumerable<Memory<float>> Partials(ShardRun run, int shards)
    {
        var stack = new List<float[]>();
        foreach (var addition in ShardTree.Schedule(run, shards))
        {
            Assert.Equal(addition.Buffer, stack.Count);
            stack.Add(Gradient(addition.Shard));
            for (var merge = 0; merge < addition.Merges; merge++)
            {
                ShardTree.Add(stack[^2], stack[^1]);
                stack.RemoveAt(stack.Count - 1);
            }
        }

        return stack.Select(buffer => buffer.AsMemory());
    }

    private static float[] Gradient(int shard)
    {
        var random = new Random(shard);
        return [.. Enumerable.Range(0, 37).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7))))];
    }
}
