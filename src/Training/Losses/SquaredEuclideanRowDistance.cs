using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>‖a − b‖².</summary>
internal sealed class SquaredEuclideanRowDistance : EuclideanRowDistance
{
    public override Tensor Tile(Tensor a, Tensor b) => SquaredDifferences.Of(a, b);

    public override Tensor Between(Tensor a, Tensor b) => (a - b).square().sum(1, keepdim: true);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => (a - b).mul_(2);

    public override Tensor Pull(Tensor a, Tensor b, Tensor weights, Tensor tile) => Towards(a, b, weights * 2);
}
