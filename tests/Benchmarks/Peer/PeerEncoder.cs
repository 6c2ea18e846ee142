using Distributed.Training.Models.Encoders.Bert;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Distributed.Benchmarks.Peer;

/// <summary>BERT with mean pooling over padded batches: tokens → [batch, hidden].</summary>
internal sealed class PeerEncoder : Module<Tensor, Tensor, Tensor>
{
    private const float Masked = -1e30f; // finite in bfloat16 too

    private readonly Embedding words, positions, types;
    private readonly LayerNorm norm;
    private readonly Dropout dropout;
    private readonly ModuleList<PeerLayer> layers;

    public PeerEncoder(BertConfig shape) : base(nameof(PeerEncoder))
    {
        words = Embedding(shape.VocabularySize, shape.HiddenSize);
        positions = Embedding(shape.MaxPositions, shape.HiddenSize);
        types = Embedding(shape.TokenTypes, shape.HiddenSize);
        norm = LayerNorm(shape.HiddenSize, shape.LayerNormEpsilon);
        dropout = Dropout(shape.HiddenDropout);
        layers = new ModuleList<PeerLayer>([.. Enumerable.Range(0, shape.Layers).Select(_ => new PeerLayer(shape))]);
        RegisterComponents();
        using var noGraph = no_grad();
        foreach (var weight in parameters().Where(weight => weight.dim() > 1))
            init.normal_(weight, 0, 0.02);
    }

    /// <param name="ids">[batch, tokens].</param>
    /// <param name="present">[batch, tokens]: 1, or 0 where a text is padded.</param>
    public override Tensor forward(Tensor ids, Tensor present)
    {
        var places = arange(ids.shape[1]).unsqueeze(0);
        var states = dropout.forward(norm.forward(words.forward(ids) + positions.forward(places) + types.forward(zeros_like(ids))));
        var mask = (1 - present).unsqueeze(1).unsqueeze(1) * Masked; // [batch, 1, 1, tokens]
        foreach (var layer in layers)
            states = layer.forward(states, mask);

        var weights = present.unsqueeze(-1);
        return (states * weights).sum(1) / weights.sum(1);
    }
}
