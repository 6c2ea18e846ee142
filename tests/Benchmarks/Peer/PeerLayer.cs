using Distributed.Training.Models.Encoders.Bert;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distributed.Benchmarks.Peer;

/// <summary>A BERT layer as every tutorial writes it: four products, masked softmax, dropout, normalisation after each half.</summary>
internal sealed class PeerLayer : Module<Tensor, Tensor, Tensor>
{
    private readonly int _heads;
    private readonly Linear query, key, value, output, up, down;
    private readonly LayerNorm attentionNorm, outputNorm;
    private readonly Dropout attentionDropout, dropout;

    public PeerLayer(BertConfig shape) : base(nameof(PeerLayer))
    {
        _heads = shape.Heads;
        (query, key) = (Linear(shape.HiddenSize, shape.HiddenSize), Linear(shape.HiddenSize, shape.HiddenSize));
        (value, output) = (Linear(shape.HiddenSize, shape.HiddenSize), Linear(shape.HiddenSize, shape.HiddenSize));
        (up, down) = (Linear(shape.HiddenSize, shape.IntermediateSize), Linear(shape.IntermediateSize, shape.HiddenSize));
        (attentionNorm, outputNorm) = (LayerNorm(shape.HiddenSize, shape.LayerNormEpsilon), LayerNorm(shape.HiddenSize, shape.LayerNormEpsilon));
        (attentionDropout, dropout) = (Dropout(shape.AttentionDropout), Dropout(shape.HiddenDropout));
        RegisterComponents();
    }

    /// <param name="states">[batch, tokens, hidden].</param>
    /// <param name="mask">[batch, 1, 1, tokens]: 0, or very low where a text is padded.</param>
    public override Tensor forward(Tensor states, Tensor mask)
    {
        var middle = attentionNorm.forward(states + dropout.forward(output.forward(Attend(states, mask))));
        var fed = down.forward(functional.gelu(up.forward(middle)));
        return outputNorm.forward(middle + dropout.forward(fed));
    }

    private Tensor Attend(Tensor states, Tensor mask)
    {
        var (batch, tokens, hidden) = (states.shape[0], states.shape[1], states.shape[2]);
        var scores = matmul(Split(query), Split(key).transpose(-1, -2)) / Math.Sqrt((double)hidden / _heads);
        var weights = attentionDropout.forward(functional.softmax(scores + mask, -1));
        return matmul(weights, Split(value)).transpose(1, 2).reshape(batch, tokens, hidden);

        Tensor Split(Linear linear) => linear.forward(states).view(batch, tokens, _heads, hidden / _heads).transpose(1, 2);
    }
}
