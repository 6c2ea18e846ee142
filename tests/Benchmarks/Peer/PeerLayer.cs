using Distributed.Benchmarks.Throughput;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distributed.Benchmarks.Peer;

/// <summary>A BERT layer as every tutorial writes it: four products, masked softmax, dropout, normalisation after each half.</summary>
internal sealed class PeerLayer : Module<Tensor, Tensor, Tensor>
{
    private readonly PeerPrecision _precision;
    private readonly int _heads;
    private readonly Linear query, key, value, output, up, down;
    private readonly LayerNorm attentionNorm, outputNorm;
    private readonly Dropout attentionDropout = Dropout(BenchmarkCase.Dropout), dropout = Dropout(BenchmarkCase.Dropout);

    public PeerLayer(EncoderShape shape, PeerPrecision precision) : base(nameof(PeerLayer))
    {
        (_precision, _heads) = (precision, shape.Heads);
        (query, key) = (Linear(shape.Hidden, shape.Hidden), Linear(shape.Hidden, shape.Hidden));
        (value, output) = (Linear(shape.Hidden, shape.Hidden), Linear(shape.Hidden, shape.Hidden));
        (up, down) = (Linear(shape.Hidden, shape.Intermediate), Linear(shape.Intermediate, shape.Hidden));
        (attentionNorm, outputNorm) = (LayerNorm(shape.Hidden), LayerNorm(shape.Hidden));
        RegisterComponents();
    }

    /// <param name="states">[batch, tokens, hidden].</param>
    /// <param name="mask">[batch, 1, 1, tokens]: 0, or −∞ where a text is padded.</param>
    public override Tensor forward(Tensor states, Tensor mask)
    {
        var attended = Apply(output, Attend(states, mask));
        var middle = attentionNorm.forward(states + dropout.forward(attended));
        var fed = Apply(down, functional.gelu(Apply(up, middle)));
        return outputNorm.forward(middle + dropout.forward(fed));
    }

    private Tensor Attend(Tensor states, Tensor mask)
    {
        var (batch, tokens, hidden) = (states.shape[0], states.shape[1], states.shape[2]);
        var scores = _precision.Full(_precision.Product(Split(query), Split(key).transpose(-1, -2))) / Math.Sqrt((double)hidden / _heads);
        var weights = attentionDropout.forward(functional.softmax(scores + mask, -1));
        return _precision.Product(weights, Split(value)).transpose(1, 2).reshape(batch, tokens, hidden);

        Tensor Split(Linear linear) => Apply(linear, states).view(batch, tokens, _heads, hidden / _heads).transpose(1, 2);
    }

    private Tensor Apply(Linear linear, Tensor input) => _precision.Linear(input, linear.weight!, linear.bias!);
}
