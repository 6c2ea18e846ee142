using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// Adds to the gradients of parameters in place, within a backward pass: no gradient is made first and added afterwards, as autograd would.
/// A parameter without a gradient gets one of zeros. What is added to a frozen one's is thrown away.
/// </summary>
internal static unsafe class Gradients
{
    extension(Parameter parameter)
    {
        /// <summary>The gradient, made if need be; of a frozen parameter, zeros that live as long as the current scope.</summary>
        public Tensor Gradient
        {
            get
            {
                if (!parameter.requires_grad)
                    return zeros_like(parameter);
                if (parameter.grad is null)
                    parameter.grad = zeros_like(parameter).DetachFromDisposeScope();
                return parameter.grad!;
            }
        }

        /// <summary>The gradient's memory.</summary>
        public float* GradientPointer() => parameter.Gradient.Pointer<float>();

        /// <summary>The same; null for a frozen parameter, where zeros would be as large as a table of words.</summary>
        public float* GradientPointerIfTrained() => parameter.requires_grad ? parameter.GradientPointer() : null;
    }

    /// <summary>Adds the sum of the rows of a [rows, width] gradient to that of a bias. Width is a multiple of 8.</summary>
    public static void AccumulateBias(Tensor rows, Parameter bias)
    {
        if (!bias.requires_grad)
            return;
        var width = rows.shape[1];
        float* row = rows.Pointer<float>(), end = row + rows.numel(), sum = bias.GradientPointer();
        for (; row < end; row += width)
        {
            for (var column = 0L; column < width; column += Vector256<float>.Count)
                (Vector256.Load(sum + column) + Vector256.Load(row + column)).Store(sum + column);
        }
    }
}
