using System.Numerics;

namespace Distributed.Data.Sampling;

/// <summary>
/// The random numbers of one epoch's order, or of one query's negatives: xoshiro256** (Blackman and Vigna 2018, arXiv 1805.01407), its state filled by SplitMix64
/// (Steele, Lea and Flood 2014). The sequence is a promise: coordinator and workers, of any version and machine, draw the same order
/// from the same seed, which <see cref="Random"/> does not guarantee.
/// </summary>
public sealed class SampleRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>The numbers of <paramref name="stream"/>, such as an epoch, under <paramref name="seed"/>.</summary>
    public SampleRandom(int seed, int stream)
    {
        var state = ((ulong)(uint)seed << 32) | (uint)stream;
        _s0 = SplitMix64(ref state);
        _s1 = SplitMix64(ref state);
        _s2 = SplitMix64(ref state);
        _s3 = SplitMix64(ref state);
    }

    /// <summary>The seed of one of several independent orders of a job; the job's own for stream 0.</summary>
    public static int SeedOf(int seed, int stream) => unchecked(seed ^ (int)((uint)stream * 0x9E3779B9)); // 2³² / golden ratio

    /// <summary>A uniform number from 0 to below <paramref name="bound"/>, by Lemire's multiplication with rejection (2019, arXiv 1805.10941).</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var high = Math.BigMul(NextBits(), range, out ulong low);
        if (low >= range)
            return (int)high;
        var rejected = unchecked(0 - range) % range;
        while (low < rejected)
            high = Math.BigMul(NextBits(), range, out low);
        return (int)high;
    }

    /// <summary>Puts the values into a uniformly random order (Fisher and Yates; Durstenfeld 1964).</summary>
    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>The numbers from 0 to below <paramref name="count"/> in a uniformly random order.</summary>
    public int[] Permutation(int count)
    {
        var values = Enumerable.Range(0, count).ToArray();
        Shuffle(values);
        return values;
    }

    /// <summary>The next 64 bits.</summary>
    internal ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    private static ulong SplitMix64(ref ulong state)
    {
        var z = state += GoldenGamma;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
