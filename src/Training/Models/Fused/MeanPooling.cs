using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>The mean over each text's tokens, in one node of the graph whatever the number of lengths.</summary>
internal sealed unsafe class MeanPooling : autograd.SingleTensorFunction<MeanPooling>
{
    /// <inheritdoc/>
    public override string Name => nameof(MeanPooling);

    /// <summary>[tokens, hidden] → [texts, hidden], with a graph exactly if grad mode is on.</summary>
    public static Tensor Run(Tensor states, EncoderInput input)
        => is_grad_enabled() ? apply(states, input) : Forward(states, input);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        ctx.save_data("input", vars[1]);
        return Forward((Tensor)vars[0], (EncoderInput)vars[1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return [Backward(grad_output.contiguous(), (EncoderInput)ctx.get_data("input")).MoveToOuterDisposeScope(), null!];
    }

    private static Tensor Forward(Tensor states, EncoderInput input)
    {
        var width = states.shape[1];
        var means = empty(input.TextCount, width);
        float* state = states.Pointer<float>(), mean = means.Pointer<float>();
        foreach (var length in LengthsOf(input))
        {
            var divisor = Vector256.Create((double)length);
            for (var column = 0L; column < width; column += Vector256<float>.Count)
            {
                Vector256<double> low = default, high = default; // a sum in float32 would be the least exact of the whole encoder
                for (var token = 0; token < length; token++)
                {
                    var (lower, upper) = Vector256.Widen(Vector256.Load(state + token * width + column));
                    (low, high) = (low + lower, high + upper);
                }

                Vector256.Narrow(low / divisor, high / divisor).Store(mean + column);
            }

            state += length * width;
            mean += width;
        }

        return means;
    }

    private static Tensor Backward(Tensor gradient, EncoderInput input)
    {
        var width = gradient.shape[1];
        var states = empty(input.TokenIds.Length, width);
        float* state = states.Pointer<float>(), mean = gradient.Pointer<float>();
        foreach (var length in LengthsOf(input))
        {
            var divisor = Vector256.Create((float)length);
            for (var token = 0; token < length; token++, state += width)
            {
                for (var column = 0L; column < width; column += Vector256<float>.Count)
                    (Vector256.Load(mean + column) / divisor).Store(state + column);
            }

            mean += width;
        }

        return states;
    }

    private static IEnumerable<int> LengthsOf(EncoderInput input) => input.Groups.SelectMany(group => Enumerable.Repeat(group.Length, group.Texts));
}
