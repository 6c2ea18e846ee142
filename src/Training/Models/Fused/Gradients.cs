using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// Adds to the gradients of parameters in place, within a backward pass: no gradient is made first and added afterwards, as autograd would.
/// A parameter without a gradient gets one of zeros.
/// </summary>
internal static unsafe class Gradients
{
    extension(Parameter parameter)
    {
        /// <summary>The gradient, made if need be. Belongs to the current scope.</summary>
        public Tensor Gradient
        {
            get
            {
                if (parameter.grad is null)
                    parameter.grad = zeros_like(parameter).DetachFromDisposeScope();
                return parameter.grad!;
            }
        }

        /// <summary>The gradient's memory.</summary>
        public float* GradientPointer() => parameter.Gradient.Pointer<float>();
    }

    extension(Weights weights)
    {
        /// <summary>
        /// Adds a batch's share to the gradient of a linear map's weight, outputGradientᵀ input, and to that of its bias, the sum over rows.
        /// </summary>
        public void Accumulate(Tensor outputGradient, Tensor input)
        {
            weights.AccumulateWeight(outputGradient, input);
            AddRows(outputGradient, weights.Bias.GradientPointer());
        }

        /// <summary>The weight's part of it; the bias is taken care of elsewhere.</summary>
        public void AccumulateWeight(Tensor outputGradient, Tensor input)
        {
            using var transposed = outputGradient.t();
            weights.Weight.Gradient.addmm_(transposed, input, 1, 1);
        }
    }

    /// <summary>Adds up the rows of a [rows, width] tensor, width a multiple of 8.</summary>
    private static void AddRows(Tensor rows, float* sum)
    {
        var width = rows.shape[1];
        var row = rows.Pointer<float>();
        var end = row + rows.numel();
        for (; row < end; row += width)
        {
            for (var column = 0L; column < width; column += Vector256<float>.Count)
                (Vector256.Load(sum + column) + Vector256.Load(row + column)).Store(sum + column);
        }
    }
}
