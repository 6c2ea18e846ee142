using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Fused;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>Token states → one embedding a text.</summary>
internal static class Pooling
{
    /// <summary>[tokens, hidden] → [texts, modes * hidden].</summary>
    public static Tensor Pool(Tensor states, EncoderPass pass, long hiddenSize, ImmutableArray<PoolingMode> modes)
    {
        if (pass.IsFused && modes is [PoolingMode.Mean])
            return MeanPooling.Run(states, pass.Input);
        using var scope = NewDisposeScope();
        var groups = pass.Split(states, hiddenSize).Zip(pass.Input.FirstPooled(), (group, first) => PooledGroup.Of(group, first));
        return cat([.. groups.Select(group => Pool(group, modes))], 0).MoveToOuterDisposeScope();
    }

    private static Tensor Pool(PooledGroup group, ImmutableArray<PoolingMode> modes)
    {
        var pooled = modes.Select(group.Pool).ToArray();
        return pooled is [var single] ? single : cat(pooled, 1);
    }
}
