using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>Limits of the losses part, as its README suggests them.</summary>
/// <param name="Dtype">Precision of the run.</param>
/// <param name="Loss">Relative error of the loss.</param>
/// <param name="Gradient">Largest error of a gradient's entry, relative to the gradient's largest entry.</param>
/// <param name="SmallestLoss">Below this a loss is compared absolutely.</param>
/// <param name="SmallestGradient">Below this a gradient is compared absolutely: where the true one is zero, rounding noise is all there is.</param>
internal sealed record LossTolerance(ScalarType Dtype, double Loss, double Gradient, double SmallestLoss, double SmallestGradient)
{
    public static LossTolerance Float64 { get; } = new(ScalarType.Float64, 1e-10, 1e-10, SmallestLoss: 1e-6, SmallestGradient: 1e-6);

    public static LossTolerance Float32 { get; } = new(ScalarType.Float32, 2e-6, 1e-5, SmallestLoss: 5e-2, SmallestGradient: 1e-2);
}
