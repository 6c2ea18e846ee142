using Distributed.Training.Models.Fused;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>The feed-forward sublayer: layerNorm(x + dropout(activation(x W1ᵀ + b1) W2ᵀ + b2)).</summary>
/// <param name="Wide">The map by W1 and b1.</param>
/// <param name="End">What follows the activation.</param>
/// <param name="Activation">The nonlinearity.</param>
internal sealed record PostNormFeedForward(Weights Wide, SublayerEnd End, Activation Activation)
{
    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        return (pass.IsFused
            ? FeedForwardSublayer.Run(states, new FeedForwardPass(pass.Map(Wide), Activation, End.Fuse(pass)))
            : End.Forward(Activations.Apply(Activation, pass.Apply(Wide, states)), states, pass)).MoveToOuterDisposeScope();
    }
}
