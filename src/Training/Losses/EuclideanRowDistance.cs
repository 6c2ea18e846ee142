using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>‖a − b‖.</summary>
internal sealed class EuclideanRowDistance : RowDistance
{
    public override Tensor Points(Tensor embeddings) => embeddings.clone();

    // A space that has drawn together far from the origin has tiny distances and huge products: around its mean they cancel far less.
    public override Tensor Origin(Tensor embeddings) => embeddings.mean([0], keepdim: true);

    // ‖b‖² − 2a·b: the squared distance but for ‖a‖², which is the same for all b.
    public override Tensor Order(Tensor a, Tensor b) => a.mm(b.t()).mul_(-2).add_((b * b).sum(1));

    public override Tensor Between(Tensor a, Tensor b) => (a - b).norm(1, keepdim: true, p: 2f);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => (a - b).div_(between).masked_fill_(between == 0, 0);

    public override Tensor Backward(Tensor embeddings, Tensor gradient) => gradient.clone();
}
