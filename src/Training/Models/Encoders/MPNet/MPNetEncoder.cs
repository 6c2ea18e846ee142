using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.MPNet;

/// <summary>The MPNet encoder: BERT with a bias of the attention's scores by relative position, and without token types.</summary>
internal sealed class MPNetEncoder : TokenEncoder
{
    [ComponentName(Name = "embeddings")]
    private readonly PostNormEmbeddings _embeddings;

    [ComponentName(Name = "encoder")]
    private readonly LayerStack<BertLayer> _stack;

    public MPNetEncoder(MPNetConfig config)
        : base(nameof(MPNetEncoder))
    {
        _embeddings = new PostNormEmbeddings(config);
        _stack = new LayerStack<BertLayer>(
            Enumerable.Range(0, config.Layers).Select(_ => new BertLayer(config, new MPNetAttention(config))), new EmbeddingTable(config.RelativeBuckets, config.Heads));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor WordTable => _embeddings.WordTable;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> HiddenStates(EncoderPass pass)
    {
        var states = _embeddings.Forward(pass);
        return _stack.Forward(states, pass).Prepend(states);
    }
}
