using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>Σ |a − b + ε|, ε = 1e-6; the slope of a component is 0 where it is 0.</summary>
internal sealed class ManhattanMeasure : PairMeasure
{
    public override Tensor Of(Tensor a, Tensor b) => Difference(a, b).abs_().sum(1, keepdim: true);

    public override (Tensor A, Tensor B) Backward(Tensor a, Tensor b, Tensor weights)
    {
        var pull = Difference(a, b).sign_().mul_(weights);
        return (pull, pull.neg());
    }

    private static Tensor Difference(Tensor a, Tensor b) => (a - b).add_(EuclideanMeasure.Offset);
}
