using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// Batch-hard triplet loss: each row of the global batch is an anchor a; its positive p is the farthest row of the same label, its negative n the nearest
/// of another, both over all ranks. <c>ℓ_a = max(0, D_ap − D_an + margin)</c>, or <c>log(1 + exp(D_ap − D_an))</c> with a soft margin; the loss is the mean.
/// </summary>
/// <remarks>
/// Hermans et al. 2017, arXiv 1703.07737. An anchor without a positive counts with D_ap = 0; one without a negative, where all labels are equal, with the
/// loss of D_ap = D_an and no gradient; <see cref="TripletMean.ValidAnchors"/> leaves both out. Of rows equally hard the first one is taken. The difference to
/// sentence-transformers: the distances of the chosen rows are computed anew from their difference, where ‖a‖² − 2a·b + ‖b‖² would cancel for near points.
/// Distances are mined in tiles, so memory is O(tile), not O(N²).
/// <para><see cref="EmbeddingBatch.Memory"/> (cross-batch memory, Wang et al. 2020, arXiv 1912.06798): its rows stand behind those of the batch as positives and
/// negatives, never as anchors, and get no gradient. An anchor may meet its own text of an earlier step there: it is a positive like others.</para>
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks; a row receives it as anchor and as anyone's positive or
/// negative. A larger batch holds harder triplets, so loss values of different N do not compare.</para>
/// <para>Embeddings are not normalised unless <see cref="MinedTripletLossOptions.Normalize"/> says so: see there for the reason.</para>
/// <para>Prefer <see cref="BatchSemiHardTripletLoss"/> or <see cref="BatchAllTripletLoss"/> where labels are noisy, as the hardest rows are the wrong ones then,
/// or while training collapses early. Prefer <see cref="Ranking.MultipleNegativesRankingLoss"/> when rows are pairs.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="options">Distance, margin, mean.</param>
public sealed class BatchHardTripletLoss(MinedTripletLossOptions options) : IEmbeddingLoss
{
    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new BatchHardTripletPass(batch, options);
}
