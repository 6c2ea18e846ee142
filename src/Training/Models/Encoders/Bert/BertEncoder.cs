using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>The BERT encoder (Devlin et al. 2018, arXiv 1810.04805), and RoBERTa, which has its weights' names and other positions.</summary>
internal sealed class BertEncoder : TokenEncoder
{
    [ComponentName(Name = "embeddings")]
    private readonly PostNormEmbeddings _embeddings;

    [ComponentName(Name = "encoder")]
    private readonly LayerStack<BertLayer> _stack;

    public BertEncoder(PostNormConfig config)
        : base(nameof(BertEncoder))
    {
        _embeddings = new PostNormEmbeddings(config);
        _stack = new LayerStack<BertLayer>(Enumerable.Range(0, config.Layers).Select(_ => new BertLayer(config, new BertAttention(config))));
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
