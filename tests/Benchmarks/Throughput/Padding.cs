namespace Distributed.Benchmarks.Throughput;

/// <summary>What filling texts up to the longest of their batch costs; the default: nothing is filled up.</summary>
/// <param name="Tokens">Tokens of the texts.</param>
/// <param name="Places">Tokens that go through the encoder.</param>
internal readonly record struct Padding(long Tokens, long Places)
{
    /// <summary>Of one batch.</summary>
    public static Padding Of(IReadOnlyCollection<int[]> texts) => new(texts.Sum(text => (long)text.Length), (long)texts.Count * texts.Max(text => text.Length));

    /// <summary>Places without a token, 0 to 1.</summary>
    public double Share => Places == 0 ? 0 : 1 - (double)Tokens / Places;

    /// <summary>This batch and another.</summary>
    public Padding And(Padding other) => new(Tokens + other.Tokens, Places + other.Places);
}
