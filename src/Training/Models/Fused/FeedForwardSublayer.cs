using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// The feed-forward sublayer in one node of the graph: layerNorm(x + dropout(gelu(x W1ᵀ + b1) W2ᵀ + b2)). Its backward adds to the gradients
/// of its parameters itself and passes on that of x.
/// </summary>
internal sealed unsafe class FeedForwardSublayer : autograd.SingleTensorFunction<FeedForwardSublayer>
{
    /// <inheritdoc/>
    public override string Name => nameof(FeedForwardSublayer);

    /// <summary>[tokens, hidden] → [tokens, hidden], with a graph exactly if grad mode is on.</summary>
    public static Tensor Run(Tensor states, FeedForwardPass pass)
        => is_grad_enabled() ? apply(states, pass) : Forward(states, pass)[^1];

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (states, pass) = ((Tensor)vars[0], (FeedForwardPass)vars[1]);
        var tensors = Forward(states, pass);
        scope.MoveToOuter(tensors); // they are saved only after this method has returned
        ctx.save_data("pass", pass);
        ctx.save_for_backward([states, .. tensors.SkipLast(1)]);
        return tensors[^1];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pass = (FeedForwardPass)ctx.get_data("pass");
        return [Backward(pass, ctx.get_saved_variables(), grad_output.contiguous()).MoveToOuterDisposeScope(), null!];
    }

    // derivative of gelu, activated states, normalised rows, inverse deviations, output.
    private static List<Tensor> Forward(Tensor states, FeedForwardPass pass)
    {
        var derivative = pass.Intermediate.Apply(states); // x W1ᵀ + b1, until the kernel replaces it
        var activated = empty_like(derivative);
        GeluKernel.Forward(derivative.Pointer<float>(), activated.Pointer<float>(), derivative.numel());
        var (normalized, inverseDeviation, output) = pass.Output.Forward(activated, states);
        return [derivative, activated, normalized, inverseDeviation, output];
    }

    private static Tensor Backward(FeedForwardPass pass, List<Tensor> saved, Tensor gradient)
    {
        var (states, derivative, activated) = (saved[0], saved[1], saved[2]);
        var (statesGradient, inner) = pass.Output.Backward(gradient, activated, saved[3], saved[4]);
        GeluKernel.Backward(
            inner.Pointer<float>(), derivative.Pointer<float>(), pass.Intermediate.Bias.GradientPointer(), inner.shape[0], (int)inner.shape[1]);
        pass.Intermediate.AccumulateWeight(inner, states);
        return statesGradient.addmm_(inner, pass.Intermediate.Weight, 1, 1);
    }
}

/// <summary>What a feed-forward sublayer needs in one forward pass and its backward.</summary>
/// <param name="Intermediate">Parameters of the wide half.</param>
/// <param name="Output">The end of the sublayer.</param>
internal sealed record FeedForwardPass(Weights Intermediate, ResidualOutput Output);
