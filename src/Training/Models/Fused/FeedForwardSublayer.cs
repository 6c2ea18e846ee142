using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Fused.Activations;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// The feed-forward sublayer in one node of the graph: layerNorm(x + dropout(activation(x W1ᵀ + b1) W2ᵀ + b2)). Its backward adds to the gradients
/// of its parameters itself and passes on that of x.
/// </summary>
internal sealed class FeedForwardSublayer : autograd.SingleTensorFunction<FeedForwardSublayer>
{
    /// <inheritdoc/>
    public override string Name => nameof(FeedForwardSublayer);

    /// <summary>[tokens, hidden] → [tokens, hidden], with a graph exactly if grad mode is on and something in it or below is trained.</summary>
    public static Tensor Run(Tensor states, FeedForwardPass pass)
        => GraphRoot.NeedsNode(states, pass.Trains) ? apply(GraphRoot.Of(states), pass, states.requires_grad) : Forward(states, pass)[^1];

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (states, pass) = ((Tensor)vars[0], (FeedForwardPass)vars[1]);
        var tensors = Forward(states, pass);
        scope.MoveToOuter(tensors); // they are saved only after this method has returned
        ctx.save_data("pass", pass);
        ctx.save_data("passes on", vars[2]);
        ctx.save_for_backward(tensors[..^1]);
        return tensors[^1];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pass = (FeedForwardPass)ctx.get_data("pass");
        var passesOn = (bool)ctx.get_data("passes on");
        var gradient = Backward(pass, ctx.get_saved_variables(), grad_output.contiguous(), passesOn);
        return [passesOn ? gradient.MoveToOuterDisposeScope() : null!, null!, null!];
    }

    // Converted input, derivative of the activation, converted activated states, normalised rows, inverse deviations, output.
    private static List<Tensor> Forward(Tensor states, FeedForwardPass pass)
    {
        var converted = pass.Intermediate.Convert(states);
        var derivative = pass.Intermediate.Apply(converted); // x W1ᵀ + b1, until the kernel replaces it
        var activated = empty_like(derivative);
        ActivationKernel.Forward(pass.Activation, derivative, activated);
        var inner = pass.Output.Dense.Convert(activated);
        var (normalized, inverseDeviation, output) = pass.Output.Forward(inner, states);
        return [converted, derivative, inner, normalized, inverseDeviation, output];
    }

    private static Tensor Backward(FeedForwardPass pass, List<Tensor> saved, Tensor gradient, bool passesOn)
    {
        var (converted, derivative, inner) = (saved[0], saved[1], saved[2]);
        var (statesGradient, innerGradient) = pass.Output.Backward(gradient, inner, saved[3], saved[4]);
        ActivationKernel.Backward(innerGradient, derivative, pass.Intermediate.Parameters.Bias);
        var convertedGradient = pass.Intermediate.Convert(innerGradient);
        pass.Intermediate.AccumulateWeight(convertedGradient, converted);
        if (passesOn)
            pass.Intermediate.AddInputGradient(convertedGradient, statesGradient);
        return statesGradient;
    }
}

/// <summary>What a feed-forward sublayer needs in one forward pass and its backward.</summary>
/// <param name="Intermediate">The map of the wide half.</param>
/// <param name="Activation">The nonlinearity.</param>
/// <param name="Output">The end of the sublayer.</param>
internal sealed record FeedForwardPass(LinearMap Intermediate, Activation Activation, ResidualOutput Output)
{
    /// <summary>Whether a parameter of the sublayer is trained.</summary>
    public bool Trains => Intermediate.Trains || Output.Trains;
}
