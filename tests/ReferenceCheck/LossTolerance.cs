using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>Limits of the losses part, as its README suggests them.</summary>
/// <param name="Dtype">Precision of the run.</param>
/// <param name="Loss">Largest error of the loss, relative to the loss and <paramref name="SmallestLoss"/> together.</param>
/// <param name="Gradient">Largest error of a gradient's entry, relative to the gradient's largest entry and <paramref name="SmallestGradient"/> together.</param>
/// <param name="SmallestLoss">Times the limit, what a loss may be off where it is next to 0.</param>
/// <param name="SmallestGradient">Times the limit, what a gradient may be off where the true one is 0: rounding noise is all there is.</param>
internal sealed record LossTolerance(ScalarType Dtype, double Loss, double Gradient, double SmallestLoss, double SmallestGradient)
{
    public static LossTolerance Float64 { get; } = new(ScalarType.Float64, 1e-10, 1e-10, SmallestLoss: 1e-6, SmallestGradient: 1e-6);

    /// <summary>
    /// The loss may be 2e-6 of it + 1e-8 off, the gradient 1e-5 of its largest entry + 1e-8. The README has no 1e-8 for the loss. But where a mean of hinges is
    /// 0.002 to 0.02, each the difference of distances of order 1, the peer's own float32 is up to 2.7e-6 of it off, and ours too (`*_cosine_lab8_m0.3`); and a loss
    /// may be 0, or 4e-55 (`bhsm_eucledian_lab12_far`), which no float32 is.
    /// </summary>
    public static LossTolerance Float32 { get; } = new(ScalarType.Float32, 2e-6, 1e-5, SmallestLoss: 5e-3, SmallestGradient: 1e-3);
}
