namespace Distributed.Benchmarks.Throughput;

/// <summary>Shape of a BERT encoder.</summary>
/// <param name="Vocabulary">Number of tokens.</param>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Hidden">Width of the hidden states.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Intermediate">Width of the feed-forward layer.</param>
/// <param name="Positions">Positions that have an embedding.</param>
internal sealed record EncoderShape(int Vocabulary, int Layers, int Hidden, int Heads, int Intermediate, int Positions)
{
    /// <summary>The main job's model: data/wordnet's vocabulary, 2 layers × 256.</summary>
    public static EncoderShape Wordnet { get; } = new(12_288, 2, 256, 4, 1024, 128);

    /// <summary>MiniLM-L6: 22.7 million weights.</summary>
    public static EncoderShape MiniLm { get; } = new(30_522, 6, 384, 12, 1536, 512);
}
