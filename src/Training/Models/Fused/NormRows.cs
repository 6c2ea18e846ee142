using Distributed.Training.Models.Encoders;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>The rows of a layer norm, its parameters and, in a backward pass, where their gradients are added up. Valid while the tensors live.</summary>
internal readonly unsafe struct NormRows
{
    /// <param name="norm">The parameters.</param>
    /// <param name="normalized">[rows, width]: x̂, kept for the gradient.</param>
    /// <param name="inverseDeviation">[rows], kept for the gradient.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="backward">Whether gradients are to be added up.</param>
    public NormRows(Weights norm, Tensor normalized, Tensor inverseDeviation, double epsilon, bool backward)
    {
        Width = (int)norm.Weight.numel();
        Count = inverseDeviation.numel();
        Epsilon = epsilon;
        Weight = norm.Weight.Pointer<float>();
        Bias = norm.Bias.Pointer<float>();
        Normalized = normalized.Pointer<float>();
        InverseDeviation = inverseDeviation.Pointer<float>();
        WeightGradient = backward ? norm.Weight.GradientPointer() : null;
        BiasGradient = backward ? norm.Bias.GradientPointer() : null;
    }

    public long Count { get; }

    public int Width { get; }

    public double Epsilon { get; }

    public float* Weight { get; }

    public float* Bias { get; }

    public float* Normalized { get; }

    public float* InverseDeviation { get; }

    public float* WeightGradient { get; }

    public float* BiasGradient { get; }
}
