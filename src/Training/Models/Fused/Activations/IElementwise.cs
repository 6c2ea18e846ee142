using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused.Activations;

/// <summary>A function of single numbers, eight at a time.</summary>
internal interface IElementwise
{
    /// <summary>The function and its derivative at x.</summary>
    static abstract (Vector256<float> Value, Vector256<float> Derivative) At(Vector256<float> x);
}
