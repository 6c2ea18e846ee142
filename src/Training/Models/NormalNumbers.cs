namespace Distributed.Training.Models;

/// <summary>Normally distributed numbers from a seed: SplitMix64 (Steele et al. 2014) and the Box–Muller transform.</summary>
/// <param name="seed">Names the sequence.</param>
internal sealed class NormalNumbers(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>Fills a span with the next numbers of the sequence, mean 0.</summary>
    public void Fill(Span<float> destination, double standardDeviation)
    {
        for (var i = 0; i < destination.Length; i += 2)
        {
            var radius = standardDeviation * Math.Sqrt(-2 * Math.Log(1 - NextUniform()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * NextUniform());
            destination[i] = (float)(radius * cosine);
            if (i + 1 < destination.Length)
                destination[i + 1] = (float)(radius * sine);
        }
    }

    // In [0, 1), 53 bits.
    private double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
