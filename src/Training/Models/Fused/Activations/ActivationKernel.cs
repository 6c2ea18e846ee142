using System.Runtime.Intrinsics;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused.Activations;

/// <summary>The nonlinearity of a feed-forward sublayer and its gradient.</summary>
internal static unsafe class ActivationKernel
{
    private const int Step = 8;

    /// <summary>Writes the activation of the states to <paramref name="activated"/> and puts its derivative in the place of the states.</summary>
    public static void Forward(Activation activation, Tensor states, Tensor activated)
    {
        switch (activation)
        {
            case Activation.Gelu:
                Forward<ExactGelu>(states, activated);
                break;
            case Activation.GeluTanh:
                Forward<TanhGelu>(states, activated);
                break;
            default:
                Forward<Rectifier>(states, activated);
                break;
        }
    }

    /// <summary>Multiplies a gradient [rows, width] by the derivative, in place, and adds its sum over rows to that of the bias.</summary>
    public static void Backward(Tensor gradient, Tensor derivative, Parameter bias)
    {
        var width = gradient.shape[1];
        float* row = gradient.Pointer<float>(), end = row + gradient.numel(), factor = derivative.Pointer<float>(), sum = bias.GradientPointer();
        for (; row < end; row += width, factor += width)
        {
            for (var column = 0L; column < width; column += Step)
            {
                var g = Vector256.Load(row + column) * Vector256.Load(factor + column);
                g.Store(row + column);
                (Vector256.Load(sum + column) + g).Store(sum + column);
            }
        }
    }

    private static void Forward<TFunction>(Tensor states, Tensor activated)
        where TFunction : struct, IElementwise
    {
        float* x = states.Pointer<float>(), output = activated.Pointer<float>();
        var count = states.numel();
        for (long i = 0; i < count; i += Step)
        {
            var (value, derivative) = TFunction.At(Vector256.Load(x + i));
            value.Store(output + i);
            derivative.Store(x + i);
        }
    }
}
