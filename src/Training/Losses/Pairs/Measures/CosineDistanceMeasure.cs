using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>1 − â·b̂.</summary>
internal sealed class CosineDistanceMeasure : PairMeasure
{
    private readonly CosineSimilarityMeasure _similarity = new(CosineSimilarityMeasure.SmallestNormOfCosine);

    public override Tensor Of(Tensor a, Tensor b) => _similarity.Of(a, b).neg_().add_(1);

    public override (Tensor A, Tensor B) Backward(Tensor a, Tensor b, Tensor weights) => _similarity.Backward(a, b, weights.neg());
}
