using System.Runtime.Intrinsics;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>The mean over each text's pooled tokens, in one node of the graph whatever the number of lengths.</summary>
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
        foreach (var (length, first) in TextsOf(input))
        {
            var divisor = Vector256.Create((double)Math.Max(length - first, 1));
            for (var column = 0L; column < width; column += Vector256<float>.Count)
            {
                Vector256<double> low = default, high = default; // a sum in float32 would be the least exact of the whole encoder
                for (var token = first; token < length; token++)
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
        foreach (var (length, first) in TextsOf(input))
        {
            new Span<float>(state, checked((int)(first * width))).Clear();
            state += first * width;
            var divisor = Vector256.Create((float)(length - first));
            for (var token = first; token < length; token++, state += width)
            {
                for (var column = 0L; column < width; column += Vector256<float>.Count)
                    (Vector256.Load(mean + column) / divisor).Store(state + column);
            }

            mean += width;
        }

        return states;
    }

    // Tokens of each text, and the first of them that counts.
    private static IEnumerable<(int Length, int First)> TextsOf(EncoderInput input)
        => input.Groups.Zip(input.FirstPooled()).SelectMany(group => group.Second.Select(first => (group.First.Length, first)));
}
