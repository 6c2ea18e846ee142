using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// Batch-semi-hard triplet loss: for each ordered pair of an anchor a and a positive p of its label, the negative n is the nearest row of another label that is
/// farther from a than p, or the farthest one where none is, over all ranks. <c>ℓ_ap = max(0, D_ap − D_an + margin)</c>; the loss is the mean over the pairs.
/// </summary>
/// <remarks>
/// Schroff et al. 2015, FaceNet, arXiv 1503.03832. Where all rows have one label, sentence-transformers takes D_an = 0, so that all rows are drawn together, and so does
/// this loss; <see cref="TripletMean.ValidAnchors"/> leaves pairs without a negative out. Of rows equally far the first one is taken. The differences: there is
/// no N² × N mask, memory is O(tile + N·P), P positives of a row in the largest class: each row's statistics hold the negative of each of its pairs; and
/// distances come from differences, so that a negative equal to the positive is never taken for farther.
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks; a row receives it in all three roles.
/// A larger batch holds negatives closer behind the positives, so loss values of different N do not compare.</para>
/// <para>Prefer it to <see cref="BatchHardTripletLoss"/> where that collapses early or labels are noisy; batch-hard is the cheaper one, and the better one later.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="options">Distance, margin, mean. A memory is not mined in.</param>
public sealed class BatchSemiHardTripletLoss(MinedTripletLossOptions options) : IEmbeddingLoss
{
    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new BatchSemiHardTripletPass(batch, options);
}
