using System.Collections.Immutable;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The elementwise work on a tile of logits by libtorch's operators, where <see cref="TileKernel"/> cannot: float64, and other devices.</summary>
internal static class TileOperators
{
    /// <inheritdoc cref="TileKernel.Accumulate"/>
    public static void Accumulate(Tensor logits, Tensor target, Tensor ofTile, Tensor largest, Tensor sums, ImmutableArray<Tensor> weighted)
    {
        using var scope = NewDisposeScope();
        ofTile.copy_(logits.amax([1], keepdim: true));
        var grown = maximum(largest, ofTile);
        var shrink = (largest - grown).exp_();
        largest.copy_(grown);
        foreach (var sum in weighted.Add(sums))
            sum.mul_(shrink);
        target.copy_((logits - largest).exp_());
        sums.add_(target.sum(1, keepdim: true));
    }

    /// <inheritdoc cref="TileKernel.Weights"/>
    public static void Weights(Tensor logits, Tensor largest, Tensor factors)
    {
        using var scope = NewDisposeScope();
        logits.sub_(largest).exp_().mul_(factors);
    }
}
