using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>The BERT encoder (Devlin et al. 2018, arXiv 1810.04805).</summary>
internal sealed class BertEncoder : TokenEncoder
{
    [ComponentName(Name = "embeddings")]
    private readonly BertEmbeddings _embeddings;

    [ComponentName(Name = "encoder")]
    private readonly BertStack _stack;

    public BertEncoder(BertConfig config)
        : base(nameof(BertEncoder))
    {
        _embeddings = new BertEmbeddings(config);
        _stack = new BertStack(config);
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
