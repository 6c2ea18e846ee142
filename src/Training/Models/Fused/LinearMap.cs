using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// A linear map, with its adapter if it has one, in one forward pass and its backward. Its matrix products run in the pass's number format; what goes in
/// and out is float32, and so are the gradients it adds to. In bfloat16 the products take the copy of the weights, or, where there is none, weights cast for
/// the occasion: the parameters themselves stay float32. A frozen weight gets no gradient.
/// </summary>
/// <param name="Parameters">Weight and bias.</param>
/// <param name="Precision">Number format of the products.</param>
/// <param name="AdapterMask">Dropout of the adapter's input; null: none.</param>
internal sealed record LinearMap(Weights Parameters, Precision Precision, DropoutMask? AdapterMask = null)
{
    private readonly AdapterMap? _adapter = Parameters.Update is { } update
        ? new(update, AdapterMask, Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32)
        : null;

    /// <summary>Whether a parameter is trained.</summary>
    public bool Trains => Parameters.Weight.requires_grad || Parameters.BiasIfAny?.requires_grad == true || _adapter?.Update.Trains == true;

    private Tensor Weight => Precision == Precision.BFloat16 && Parameters.Copy is { } copy ? copy.Weight : Convert(Parameters.Weight);

    /// <summary>States or gradients in the format of the products: the same tensor in float32.</summary>
    public Tensor Convert(Tensor states) => Precision == Precision.BFloat16 ? states.to(ScalarType.BFloat16) : states;

    /// <summary>The map of converted states: [tokens, inputs] → [tokens, outputs], float32.</summary>
    public Tensor Apply(Tensor converted)
    {
        var output = Precision == Precision.BFloat16 ? Parameters.ApplyBFloat16(converted).to(ScalarType.Float32) : Parameters.Apply(converted);
        _adapter?.AddOutput(converted, output);
        return output;
    }

    /// <summary>Gradient of the input from the converted one of the output, float32.</summary>
    public Tensor InputGradient(Tensor converted)
    {
        var gradient = Precision == Precision.BFloat16 ? converted.mm(Weight).to(ScalarType.Float32) : converted.mm(Weight);
        _adapter?.AddInputGradient(converted, gradient);
        return gradient;
    }

    /// <summary>Adds the same to <paramref name="sum"/>.</summary>
    public void AddInputGradient(Tensor converted, Tensor sum)
    {
        if (Precision == Precision.BFloat16)
            sum.add_(converted.mm(Weight));
        else
            sum.addmm_(converted, Weight, 1, 1);
        _adapter?.AddInputGradient(converted, sum);
    }

    /// <summary>Adds the batch's share to the gradients of the weight, outputGradientᵀ input, and of the adapter; both are converted.</summary>
    public void AccumulateWeight(Tensor outputGradient, Tensor input)
    {
        if (Parameters.Weight.requires_grad)
        {
            using var transposed = outputGradient.t();
            if (Precision == Precision.BFloat16)
                Parameters.Weight.Gradient.add_(transposed.mm(input));
            else
                Parameters.Weight.Gradient.addmm_(transposed, input, 1, 1);
        }

        _adapter?.Accumulate(outputGradient, input);
    }
}
