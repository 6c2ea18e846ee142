namespace Distributed.Training.Models;

/// <summary>Random bits from a seed: SplitMix64 (Steele, Lea and Flood 2014).</summary>
/// <param name="seed">Names the sequence.</param>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number in [0, 1), with 53 bits.</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
