using System.Collections.Immutable;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Peer;

/// <summary>The weights of a published BERT in the peer's encoder.</summary>
internal static class PublishedWeights
{
    // In this order: the peer's `output` is the checkpoint's `attention.output.dense`.
    private static readonly ImmutableArray<(string Peer, string Checkpoint)> Names =
    [
        ("words.", "embeddings.word_embeddings."),
        ("positions.", "embeddings.position_embeddings."),
        ("types.", "embeddings.token_type_embeddings."),
        ("layers.", "encoder.layer."),
        (".query.", ".attention.self.query."),
        (".key.", ".attention.self.key."),
        (".value.", ".attention.self.value."),
        (".output.", ".attention.output.dense."),
        (".attentionNorm.", ".attention.output.LayerNorm."),
        (".up.", ".intermediate.dense."),
        (".down.", ".output.dense."),
        (".outputNorm.", ".output.LayerNorm."),
        ("norm.", "embeddings.LayerNorm."),
    ];

    /// <summary>Reads them.</summary>
    /// <exception cref="SafetensorsException">One is missing.</exception>
    public static void Fill(PeerEncoder encoder, string file)
    {
        using var noGraph = no_grad();
        using var reader = SafetensorsReader.Open(file);
        foreach (var (name, parameter) in encoder.named_parameters())
        {
            using var values = reader.Read(Names.Aggregate(name, (changed, pair) => changed.Replace(pair.Peer, pair.Checkpoint, StringComparison.Ordinal)));
            parameter.copy_(values);
        }
    }
}
