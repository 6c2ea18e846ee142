using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace OwnLoss;

/// <summary>
/// Soft nearest neighbours: each labelled text shall find its own class among its nearest texts of the batch.
/// <c>ℓ_i = log Σ_{j≠i} exp(cos_ij / T) − log Σ_{j≠i, same class} exp(cos_ij / T)</c>; the loss is the mean over the rows that have another of their class.
/// </summary>
/// <remarks>Frosst, Papernot and Hinton 2019, arXiv 1902.01889; there with squared Euclidean distances.</remarks>
/// <param name="temperature">T: the smaller, the more the nearest alone count. The job gives it under `settings`.</param>
public sealed class SoftNearestNeighborLoss(double temperature = 0.1) : PlainLoss
{
    /// <inheritdoc/>
    protected override Tensor Compute(EmbeddingBatch batch)
    {
        var unit = nn.functional.normalize(batch.Columns[0], p: 2, dim: 1, eps: 1e-12);            // [N, dim]
        var labels = tensor(batch.Labels.ToArray(), device: unit.device);
        var isItself = eye(batch.Rows, dtype: ScalarType.Bool, device: unit.device);                // [N, N]
        var isPositive = labels.unsqueeze(0).eq(labels.unsqueeze(1)).logical_and(isItself.logical_not());

        var anchors = isPositive.any(1).nonzero().squeeze(1);
        if (anchors.numel() == 0)
            return unit.sum() * 0; // a batch in which every class is there once says nothing

        var z = (unit.mm(unit.t()) / temperature).masked_fill(isItself, double.NegativeInfinity).index_select(0, anchors);
        var toOwnClass = z.masked_fill(isPositive.index_select(0, anchors).logical_not(), double.NegativeInfinity);
        return (z.logsumexp(1) - toOwnClass.logsumexp(1)).mean();
    }
}
