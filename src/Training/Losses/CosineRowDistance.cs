using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>1 − cos(a, b). The points are unit vectors; a zero row stays zero and is at distance 1 from all.</summary>
internal sealed class CosineRowDistance : RowDistance
{
    public override Tensor Points(Tensor embeddings) => UnitRows.Of(embeddings);

    public override Tensor Order(Tensor a, Tensor b) => a.mm(b.t()).neg_();

    public override Tensor Between(Tensor a, Tensor b) => (a * b).sum(1, keepdim: true).neg_().add_(1);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => b.neg();

    public override Tensor Backward(Tensor embeddings, Tensor gradient) => UnitRows.Backward(embeddings, gradient);
}
