using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>Gradients from the distances of chosen pairs of rows.</summary>
internal sealed class PairPull(CandidateRows rows, RowDistance distance)
{
    /// <summary>Adds weight · ∂D/∂x of pairs (x, y) to the gradient of x, in the order of the pairs.</summary>
    /// <param name="gradient">With respect to the points of consecutive rows, [rows, dim]; changed.</param>
    /// <param name="first">Number of the first of these rows.</param>
    /// <param name="xs">Row numbers, int64 [pairs], all in the gradient's rows.</param>
    /// <param name="ys">Row numbers, int64 [pairs].</param>
    /// <param name="weights">[pairs].</param>
    public void Add(Tensor gradient, long first, Tensor xs, Tensor ys, Tensor weights)
    {
        foreach (var block in Blocks.Small(new(0, (int)xs.size(0))))
        {
            using var scope = NewDisposeScope();
            var own = xs.narrow(0, block.Start, block.Count);
            var x = distance.Points(rows.Select(own));
            var y = distance.Points(rows.Select(ys.narrow(0, block.Start, block.Count)));
            var pull = distance.Slope(x, y, distance.Between(x, y)).mul_(weights.narrow(0, block.Start, block.Count).unsqueeze(1));
            gradient.index_add_(0, own - first, pull, 1);
        }
    }
}
