using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused.Activations;

/// <summary>max(x, 0), whose derivative at 0 is 0.</summary>
internal readonly struct Rectifier : IElementwise
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Value, Vector256<float> Derivative) At(Vector256<float> x)
    {
        var isNegative = Vector256.LessThan(x, Vector256<float>.Zero); // not a number: false, so that it stays one
        var isPositive = Vector256.GreaterThan(x, Vector256<float>.Zero);
        return (Vector256.AndNot(x, isNegative), Vector256<float>.One & isPositive);
    }
}
