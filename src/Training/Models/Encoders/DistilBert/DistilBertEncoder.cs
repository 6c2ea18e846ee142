using Distributed.Training.Models.Encoders.PostNorm;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.DistilBert;

/// <summary>The DistilBERT encoder: BERT without token types, and without dropout after attention.</summary>
internal sealed class DistilBertEncoder : TokenEncoder
{
    [ComponentName(Name = "embeddings")]
    private readonly PostNormEmbeddings _embeddings;

    [ComponentName(Name = "transformer")]
    private readonly LayerStack<DistilBertLayer> _stack;

    public DistilBertEncoder(DistilBertConfig config)
        : base(nameof(DistilBertEncoder))
    {
        _embeddings = new PostNormEmbeddings(config);
        _stack = new LayerStack<DistilBertLayer>(Enumerable.Range(0, config.Layers).Select(_ => new DistilBertLayer(config)));
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
