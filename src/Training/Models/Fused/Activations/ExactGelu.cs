using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused.Activations;

/// <summary>
/// gelu(x) = x Φ(x) with the exact normal distribution function, and its derivative Φ(x) + x φ(x), from a single exponential
/// (Hendrycks and Gimpel 2016, arXiv 1606.08415).
/// </summary>
internal readonly struct ExactGelu : IElementwise
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Value, Vector256<float> Derivative) At(Vector256<float> x)
    {
        var (cumulative, density) = Normal(x);
        return (x * cumulative, Vector256.FusedMultiplyAdd(x, density, cumulative));
    }

    /// <summary>
    /// Φ and φ. erfc(z) = t P(t) e^(−z²), t = 1 / (1 + 0.45 z), z = |x| / √2, the form of Abramowitz and Stegun 7.1.26 with a polynomial of
    /// degree 6 fitted for it: absolute error 1.1e-9, below float32's own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Cumulative, Vector256<float> Density) Normal(Vector256<float> x)
    {
        var z = Vector256.Abs(x) * Vector256.Create(0.70710678118654752f);
        var t = Vector256<float>.One / Vector256.FusedMultiplyAdd(z, Vector256.Create(0.45f), Vector256<float>.One);
        var exponential = FastExp.OfNegative(-z * z);
        var p = Vector256.Create(0.0925711137193f);
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(-0.494111996692f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.857184293578f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(-0.375821597485f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.460182569959f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.201005373174f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.258990244789f));
        var tail = p * t * exponential * Vector256.Create(0.5f); // 1 − Φ(|x|)
        var cumulative = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, Vector256<float>.Zero), Vector256<float>.One - tail, tail);
        return (cumulative, exponential * Vector256.Create(0.39894228040143268f));
    }
}
