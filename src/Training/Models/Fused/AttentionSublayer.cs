using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// The attention sublayer in one node of the graph: layerNorm(x + dropout(attention(x) Wo + bo)). Its backward adds to the gradients of its
/// parameters itself and passes on that of x.
/// </summary>
internal sealed class AttentionSublayer : autograd.SingleTensorFunction<AttentionSublayer>
{
    /// <inheritdoc/>
    public override string Name => nameof(AttentionSublayer);

    /// <summary>[tokens, hidden] → [tokens, hidden], with a graph exactly if grad mode is on and something in it or below is trained.</summary>
    public static Tensor Run(Tensor states, AttentionPass pass)
        => GraphRoot.NeedsNode(states, pass.Trains) ? apply(GraphRoot.Of(states), pass, states.requires_grad) : Forward(states, pass)[^1];

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (states, pass) = ((Tensor)vars[0], (AttentionPass)vars[1]);
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
        var pass = (AttentionPass)ctx.get_data("pass");
        var passesOn = (bool)ctx.get_data("passes on");
        var gradient = Backward(pass, ctx.get_saved_variables(), grad_output.contiguous(), passesOn);
        return [passesOn ? gradient.MoveToOuterDisposeScope() : null!, null!, null!];
    }

    // Converted input, query, key, value, probabilities, converted context, normalised rows, inverse deviations, output.
    private static List<Tensor> Forward(Tensor states, AttentionPass pass)
    {
        var converted = pass.Query.Convert(states);
        var inputs = new AttentionStates(pass.Query.Apply(converted), pass.Key.Apply(converted), pass.Value.Apply(converted));
        var (context, probabilities) = (empty_like(states), empty(pass.Shape.ProbabilityCount));
        AttentionKernel.Forward(pass.Shape, inputs, context, probabilities, pass.Masks, pass.Bias);
        var inner = pass.Output.Dense.Convert(context);
        var (normalized, inverseDeviation, output) = pass.Output.Forward(inner, states);
        return [converted, inputs.Query, inputs.Key, inputs.Value, probabilities, inner, normalized, inverseDeviation, output];
    }

    private static Tensor Backward(AttentionPass pass, List<Tensor> saved, Tensor gradient, bool passesOn)
    {
        var (converted, inputs, probabilities, inner) = (saved[0], new AttentionStates(saved[1], saved[2], saved[3]), saved[4], saved[5]);
        var (statesGradient, contextGradient) = pass.Output.Backward(gradient, inner, saved[6], saved[7]);
        var gradients = new AttentionStates(empty_like(gradient), empty_like(gradient), empty_like(gradient));
        AttentionKernel.Backward(pass.Shape, inputs, contextGradient, probabilities, pass.Masks, gradients, pass.Bias);
        foreach (var (map, mapGradient) in new[] { (pass.Query, gradients.Query), (pass.Key, gradients.Key), (pass.Value, gradients.Value) })
        {
            Gradients.AccumulateBias(mapGradient, map.Parameters.Bias);
            var convertedGradient = map.Convert(mapGradient);
            map.AccumulateWeight(convertedGradient, converted);
            if (passesOn)
                map.AddInputGradient(convertedGradient, statesGradient);
        }

        return statesGradient;
    }
}
