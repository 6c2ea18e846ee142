using Distributed.Jobs;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Token states → one embedding a text.</summary>
internal static class Pooling
{
    /// <summary>[tokens, hidden] → [texts, hidden].</summary>
    public static Tensor Pool(Tensor states, PackedTokens tokens, long hiddenSize, PoolingMode mode)
    {
        using var scope = NewDisposeScope();
        var groups = tokens.Split(states, hiddenSize).Select(group => mode switch
        {
            PoolingMode.Mean => group.mean([1]),
            PoolingMode.Cls => group.select(1, 0),
            PoolingMode.Max => group.amax([1]),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "unknown"),
        });
        return cat([.. groups], 0).MoveToOuterDisposeScope();
    }
}
