using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>â·b̂, the cosine of the angle; 0 where a row is zero.</summary>
/// <param name="smallestNorm">Norm below which a row is divided by this number instead.</param>
internal sealed class CosineSimilarityMeasure(double smallestNorm) : PairMeasure
{
    /// <summary>That of PyTorch's cosine_similarity.</summary>
    public const double SmallestNormOfCosine = 1e-8;

    public override Tensor Of(Tensor a, Tensor b) => (UnitRows.Of(a, smallestNorm) * UnitRows.Of(b, smallestNorm)).sum(1, keepdim: true);

    public override (Tensor A, Tensor B) Backward(Tensor a, Tensor b, Tensor weights) => (
        UnitRows.Backward(a, UnitRows.Of(b, smallestNorm).mul_(weights), smallestNorm),
        UnitRows.Backward(b, UnitRows.Of(a, smallestNorm).mul_(weights), smallestNorm));
}
