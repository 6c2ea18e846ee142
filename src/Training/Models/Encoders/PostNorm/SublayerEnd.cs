using Distributed.Training.Models.Fused;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>The end of a sublayer: layerNorm(residual + dropout(dense(states))).</summary>
/// <param name="Dense">The map.</param>
/// <param name="Norm">The layer norm.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Dropout">Probability.</param>
internal sealed record SublayerEnd(Weights Dense, Weights Norm, double Epsilon, double Dropout)
{
    /// <summary>[tokens, inputs] and the residual [tokens, hidden] → [tokens, hidden].</summary>
    public Tensor Forward(Tensor states, Tensor residual, EncoderPass pass)
        => Norm.Normalize(residual + pass.ApplyDropout(pass.Apply(Dense, states), Dropout), Epsilon);

    /// <summary>The same for the kernels.</summary>
    public ResidualOutput Fuse(EncoderPass pass) => new(pass.Map(Dense), Norm, Epsilon, pass.NextMask(Dropout));
}
