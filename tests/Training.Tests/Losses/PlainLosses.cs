using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>The losses written plainly: one matrix of all similarities or distances, gradients by autograd.</summary>
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

    public static Tensor BatchHardTriplet(EmbeddingBatch batch, Tensor rows, Distance distance, double margin, bool softMargin, TripletMean mean)
    {
        var distances = Distances(rows, distance);
        var values = distances.detach().to(float64).data<double>().ToNDArray();
        var losses = new List<Tensor>();
        for (var anchor = 0; anchor < batch.Rows; anchor++)
        {
            double To(int row) => (double)values.GetValue(anchor, row)!;
            var positives = Enumerable.Range(0, batch.Rows).Where(row => row != anchor && batch.Labels[row] == batch.Labels[anchor]).ToArray();
            var negatives = Enumerable.Range(0, batch.Rows).Where(row => batch.Labels[row] != batch.Labels[anchor]).ToArray();
            if (mean is TripletMean.ValidAnchors && (positives.Length == 0 || negatives.Length == 0))
                continue;

            var toPositive = positives.Length == 0 ? zeros([], rows.dtype) : distances[anchor, positives.MaxBy(To)];
            var toNegative = negatives.Length == 0 ? toPositive : distances[anchor, negatives.MinBy(To)];
            var excess = toPositive - toNegative;
            losses.Add(softMargin ? logaddexp(excess, zeros_like(excess)) : (excess + margin).clamp_min(0));
        }

        return losses.Count == 0 ? zeros([], rows.dtype) : stack(losses).mean();
    }

    private static Tensor Distances(Tensor rows, Distance distance)
    {
        if (distance is Distance.Cosine)
        {
            var unit = nn.functional.normalize(rows, p: 2, dim: 1, eps: 1e-12);
            return 1 - (unit.unsqueeze(1) * unit.unsqueeze(0)).sum(2);
        }

        var squares = (rows.unsqueeze(1) - rows.unsqueeze(0)).square().sum(2);
        var coincide = squares == 0;                                    // no slope there
        return squares.masked_fill(coincide, 1).sqrt().masked_fill(coincide, 0);
    }
}
