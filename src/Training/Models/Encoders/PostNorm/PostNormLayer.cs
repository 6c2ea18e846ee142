using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>A layer of the encoder: attention, then the feed-forward sublayer, each with residual and layer norm after it.</summary>
/// <param name="name">The module's name.</param>
internal abstract class PostNormLayer(string name) : nn.Module(name)
{
    /// <summary>[tokens, hidden] → [tokens, hidden].</summary>
    /// <param name="states">Token states.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="bias">What is added to the attention's scores; null: nothing.</param>
    public abstract Tensor Forward(Tensor states, EncoderPass pass, PositionBias? bias);
}
