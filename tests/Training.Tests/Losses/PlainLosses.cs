using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>Losses written plainly, as one formula over the whole batch; gradients by autograd.</summary>
internal static class PlainLosses
{
    /// <summary>Loss and gradients by column.</summary>
    public static (double Value, Tensor[] Gradients) Of(EmbeddingBatch batch, Func<Tensor[], Tensor> loss)
    {
        var leaves = batch.Columns.Select(column => column.clone().requires_grad_()).ToArray();
        var value = loss(leaves);
        if (value.requires_grad)
            value.backward();
        return (value.to(float64).item<double>(), [.. leaves.Select(leaf => leaf.grad ?? zeros_like(leaf))]);
    }
}
