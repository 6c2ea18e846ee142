using Distributed.Training.Models.Encoders;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>The end of a sublayer in one forward pass: layerNorm(residual + dropout(inner Wᵀ + b)), and its gradients.</summary>
/// <param name="Dense">The map by W and b.</param>
/// <param name="Norm">The layer norm's parameters.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Mask">The dropout mask; null: no dropout.</param>
internal sealed unsafe record ResidualOutput(LinearMap Dense, Weights Norm, double Epsilon, DropoutMask? Mask)
{
    /// <summary>Whether a parameter is trained.</summary>
    public bool Trains => Dense.Trains || Norm.Weight.requires_grad || Norm.Bias.requires_grad;

    /// <summary>The output and what its gradient needs: [tokens, hidden] each, and [tokens]. Inner states are converted ones.</summary>
    public (Tensor Normalized, Tensor InverseDeviation, Tensor Output) Forward(Tensor inner, Tensor residual)
    {
        var update = Dense.Apply(inner);
        var (normalized, inverseDeviation, output) = (empty_like(residual), empty(residual.shape[0]), empty_like(residual));
        var rows = new NormRows(Norm, normalized, inverseDeviation, Epsilon, backward: false);
        NormKernel.AddAndNormalize(rows, residual.Pointer<float>(), update.Pointer<float>(), output.Pointer<float>(), Mask);
        return (normalized, inverseDeviation, output);
    }

    /// <summary>The gradients of residual and inner states from that of the output; those of the parameters are added to theirs.</summary>
    public (Tensor Residual, Tensor Inner) Backward(Tensor gradient, Tensor inner, Tensor normalized, Tensor inverseDeviation)
    {
        var residual = empty_like(gradient);
        var update = Mask is null ? residual : empty_like(gradient);
        var rows = new NormRows(Norm, normalized, inverseDeviation, Epsilon, backward: true);
        NormKernel.AddAndNormalizeBackward(
            rows, gradient.Pointer<float>(), residual.Pointer<float>(), update.Pointer<float>(), Mask, Dense.Parameters.Bias.GradientPointer());
        var converted = Dense.Convert(update);
        Dense.AccumulateWeight(converted, inner);
        return (residual, Dense.InputGradient(converted));
    }
}
