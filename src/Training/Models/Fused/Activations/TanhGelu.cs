using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused.Activations;

/// <summary>
/// x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³), the approximation of gelu in Hendrycks and Gimpel 2016, arXiv 1606.08415, and its derivative
/// (1 + tanh u) / 2 + x (1 − tanh² u) u′ / 2, from a single exponential: tanh |u| = (1 − e) / (1 + e), e = e^(−2 |u|).
/// </summary>
internal readonly struct TanhGelu : IElementwise
{
    private const float Slope = 0.79788456080286536f;
    private const float Cube = 0.044715f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Value, Vector256<float> Derivative) At(Vector256<float> x)
    {
        var square = x * x;
        var u = x * Vector256.FusedMultiplyAdd(square, Vector256.Create(Slope * Cube), Vector256.Create(Slope));
        var e = FastExp.OfNegative(Vector256.Abs(u) * Vector256.Create(-2f));
        var inverse = Vector256<float>.One / (Vector256<float>.One + e);
        var share = Vector256.ConditionalSelect(Vector256.LessThan(u, Vector256<float>.Zero), e, Vector256<float>.One) * inverse; // (1 + tanh u) / 2
        var slope = Vector256.FusedMultiplyAdd(square, Vector256.Create(3 * Slope * Cube), Vector256.Create(Slope));
        var density = Vector256.Create(2f) * e * inverse * inverse * slope; // (1 − tanh² u) u′ / 2
        return (x * share, Vector256.FusedMultiplyAdd(x, density, share));
    }
}
