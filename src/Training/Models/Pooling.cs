using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Fused;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Token states → one embedding a text.</summary>
internal static class Pooling
{
    /// <summary>[tokens, hidden] → [texts, hidden].</summary>
    public static Tensor Pool(Tensor states, EncoderPass pass, long hiddenSize, PoolingMode mode)
    {
        if (pass.IsFused && mode == PoolingMode.Mean)
            return MeanPooling.Run(states, pass.Input);
        using var scope = NewDisposeScope();
        var groups = pass.Split(states, hiddenSize).Select(group => mode switch
        {
            PoolingMode.Mean => group.mean([1]),
            PoolingMode.Cls => group.select(1, 0),
            PoolingMode.Max => group.max(1).values,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "unknown"),
        });
        return cat([.. groups], 0).MoveToOuterDisposeScope();
    }
}
