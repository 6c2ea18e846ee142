using Distributed.Data.Sampling;

namespace Distributed.Data.Tests.Sampling;

public sealed class SampleRandomTests
{
    /// <summary>The sequence is a promise. SplitMix64 from 0 fills the state with e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f f88bb8a8724c81ec.</summary>
    [Fact]
    public void NextBits_SeedAndEpochZero_IsThePublishedSequence()
    {
        var random = new SampleRandom(seed: 0, stream: 0);

        Assert.Equal([0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0, 0x6aa594f1262d2d2c], Enumerable.Range(0, 4).Select(_ => random.NextBits()));
    }

    [Fact]
    public void Permutation_KnownSeeds_IsTheKnownOrder()
    {
        Assert.Equal([8, 7, 6, 2, 4, 0, 5, 1, 9, 3], new SampleRandom(seed: 12, stream: 0).Permutation(10));
        Assert.Equal([6, 3, 2, 8, 4, 5, 0, 7, 9, 1], new SampleRandom(seed: 12, stream: 1).Permutation(10));
    }

    [Fact]
    public void Next_ManyDraws_AreUniform()
    {
        // Each of 7 counts is binomial with mean 10,000 and standard deviation 93; five of them are never exceeded by chance.
        var random = new SampleRandom(seed: 1, stream: 0);
        var counts = Enumerable.Range(0, 70_000).Select(_ => random.Next(7)).CountBy(value => value).ToDictionary();

        Assert.Equal(7, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 10_000 - (5 * 93), 10_000 + (5 * 93)));
    }

    [Fact]
    public void Next_BoundOfZero_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new SampleRandom(0, 0).Next(0));
}
