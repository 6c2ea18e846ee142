using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>‖a − b‖.</summary>
internal class EuclideanRowDistance : RowDistance
{
    public override Tensor Points(Tensor embeddings) => embeddings.clone();

    // A space that has drawn together far from the origin has tiny distances and huge products: around its mean they cancel far less.
    public override Tensor Origin(Tensor embeddings) => embeddings.mean([0], keepdim: true);

    // ‖b‖² − 2a·b: the squared distance but for ‖a‖², which is the same for all b.
    public override void Order(Tensor a, Tensor b, Tensor order) => order.copy_(b.norm(1, keepdim: false, p: 2f).pow_(2)).addmm_(a, b.t(), beta: 1, alpha: -2);

    public override Tensor Tile(Tensor a, Tensor b) => SquaredDifferences.Of(a, b).sqrt_();

    public override Tensor Between(Tensor a, Tensor b) => (a - b).norm(1, keepdim: true, p: 2f);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => (a - b).div_(between).masked_fill_(between == 0, 0);

    public override Tensor Pull(Tensor a, Tensor b, Tensor weights, Tensor tile) => Towards(a, b, (weights / tile).masked_fill_(tile == 0, 0));

    public override Tensor Backward(Tensor embeddings, Tensor gradient) => gradient.clone();

    /// <summary>Σ_j weights_ij (a_i − b_j): two sums that cancel where points are near, so in double precision.</summary>
    protected static Tensor Towards(Tensor a, Tensor b, Tensor weights) =>
        weights.sum(1, keepdim: true).mul(a.to(float64)).sub_(weights.mm(b.to(float64)));
}
