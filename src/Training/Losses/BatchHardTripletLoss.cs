using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses;

/// <summary>
/// Batch-hard triplet loss: each row of the global batch is an anchor a; its positive p is the farthest row of the same label, its negative n the nearest
/// of another, both over all ranks. <c>ℓ_a = max(0, D_ap − D_an + margin)</c>, or <c>log(1 + exp(D_ap − D_an))</c> with a soft margin; the loss is the mean.
/// </summary>
/// <remarks>
/// Hermans et al. 2017, arXiv 1703.07737. An anchor without a positive counts with D_ap = 0; one without a negative, where all labels are equal, with the
/// loss of D_ap = D_an and no gradient; <see cref="TripletMean.ValidAnchors"/> leaves both out. Of rows equally hard the first one is taken. The difference to
/// sentence-transformers: the distances of the chosen rows are computed anew from their difference, where ‖a‖² − 2a·b + ‖b‖² would cancel for near points.
/// Distances are mined in tiles, so memory is O(tile), not O(N²).
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks; a row receives it as anchor and as anyone's positive or
/// negative. A larger batch holds harder triplets, so loss values of different N do not compare.</para>
/// <para>Prefer <see cref="Ranking.MultipleNegativesRankingLoss"/> when rows are pairs: it uses all negatives, not the hardest alone, and does not collapse
/// early in training.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="distance">Distance of two embeddings.</param>
/// <param name="margin">How much farther than the positive the negative has to be. Not used by a soft margin.</param>
/// <param name="softMargin">Softplus instead of a hinge.</param>
/// <param name="mean">Anchors that the mean is over.</param>
public sealed class BatchHardTripletLoss(Distance distance, double margin, bool softMargin, TripletMean mean) : IEmbeddingLoss
{
    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new BatchHardTripletPass(batch, RowDistance.Of(distance), margin, softMargin, mean);
}
