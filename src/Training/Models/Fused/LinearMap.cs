using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// A linear map in one forward pass and its backward. Its matrix products run in the pass's number format; what goes in and out is float32, and
/// so are the gradients it adds to. In bfloat16 the weights are cast where they are used: the parameters themselves stay float32.
/// A frozen weight gets no gradient.
/// </summary>
/// <param name="Parameters">Weight and bias.</param>
/// <param name="Precision">Number format of the products.</param>
internal sealed record LinearMap(Weights Parameters, Precision Precision)
{
    /// <summary>Whether a parameter is trained.</summary>
    public bool Trains => Parameters.Weight.requires_grad || Parameters.Bias.requires_grad;

    /// <summary>States or gradients in the format of the products: the same tensor in float32.</summary>
    public Tensor Convert(Tensor states) => Precision == Precision.BFloat16 ? states.to(ScalarType.BFloat16) : states;

    /// <summary>The map of converted states: [tokens, inputs] → [tokens, outputs], float32.</summary>
    public Tensor Apply(Tensor converted) => Precision == Precision.BFloat16
        ? nn.functional.linear(converted, Convert(Parameters.Weight), Convert(Parameters.Bias)).to(ScalarType.Float32)
        : Parameters.Apply(converted);

    /// <summary>Gradient of the input from the converted one of the output, float32.</summary>
    public Tensor InputGradient(Tensor converted) => Precision == Precision.BFloat16
        ? converted.mm(Convert(Parameters.Weight)).to(ScalarType.Float32)
        : converted.mm(Parameters.Weight);

    /// <summary>Adds the same to <paramref name="sum"/>.</summary>
    public void AddInputGradient(Tensor converted, Tensor sum)
    {
        if (Precision == Precision.BFloat16)
            sum.add_(converted.mm(Convert(Parameters.Weight)));
        else
            sum.addmm_(converted, Parameters.Weight, 1, 1);
    }

    /// <summary>Adds the batch's share to the weight's gradient: outputGradientᵀ input, both converted.</summary>
    public void AccumulateWeight(Tensor outputGradient, Tensor input)
    {
        if (!Parameters.Weight.requires_grad)
            return;
        using var transposed = outputGradient.t();
        if (Precision == Precision.BFloat16)
            Parameters.Weight.Gradient.add_(transposed.mm(input));
        else
            Parameters.Weight.Gradient.addmm_(transposed, input, 1, 1);
    }
}
