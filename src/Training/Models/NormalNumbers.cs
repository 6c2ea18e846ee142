namespace Distributed.Training.Models;

/// <summary>Normally distributed numbers from a seed: SplitMix64 and the Box–Muller transform.</summary>
/// <param name="seed">Names the sequence.</param>
internal sealed class NormalNumbers(int seed)
{
    private readonly SplitMix _random = new((ulong)seed);

    /// <summary>Fills a span with the next numbers of the sequence, mean 0.</summary>
    public void Fill(Span<float> destination, double standardDeviation)
    {
        for (var i = 0; i < destination.Length; i += 2)
        {
            var radius = standardDeviation * Math.Sqrt(-2 * Math.Log(1 - _random.NextUniform()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * _random.NextUniform());
            destination[i] = (float)(radius * cosine);
            if (i + 1 < destination.Length)
                destination[i + 1] = (float)(radius * sine);
        }
    }
}
