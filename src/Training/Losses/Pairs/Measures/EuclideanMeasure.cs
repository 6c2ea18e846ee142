using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>‖a − b + ε‖ with ε = 1e-6 in each component, which keeps the slope of equal rows finite.</summary>
internal sealed class EuclideanMeasure : PairMeasure
{
    /// <summary>ε of PyTorch's pairwise_distance.</summary>
    public const double Offset = 1e-6;

    public override Tensor Of(Tensor a, Tensor b) => Difference(a, b).norm(1, keepdim: true, p: 2f);

    public override (Tensor A, Tensor B) Backward(Tensor a, Tensor b, Tensor weights)
    {
        var distances = Of(a, b);
        var pull = Difference(a, b).div_(distances).masked_fill_(distances == 0, 0).mul_(weights);
        return (pull, pull.neg());
    }

    private static Tensor Difference(Tensor a, Tensor b) => (a - b).add_(Offset);
}
