using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// Batch-all triplet loss: all triplets of an anchor a, a positive p of its label and a negative n of another in the global batch, over all ranks.
/// <c>ℓ_apn = max(0, D_ap − D_an + margin)</c>; the loss is the mean over the triplets that violate the margin, those with ℓ &gt; 0; 0 where none does.
/// </summary>
/// <remarks>
/// Hermans et al. 2017, arXiv 1703.07737 (there "batch all ≠ 0"); Schroff et al. 2015, FaceNet, arXiv 1503.03832. <see cref="TripletMean.ValidAnchors"/> takes the mean over
/// all triplets instead, which fades as training succeeds; over the violating ones it does not, and the last of them weigh the more.
/// <para>The difference to sentence-transformers: there is no N³ cube. The triplets of an anchor are counted by where its negatives fall among the
/// distances D_ap + margin, so memory is O(tile + N·P), P positives of a row in the largest class: each row's statistics hold, for each of its positives, the
/// distance and the number of negatives that violate the margin. Batches of a few large classes are what makes it large. Distances come from differences, not from products,
/// which would cancel for near points. A triplet of a loss of exactly 0 has no slope; there it has one.</para>
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks; a row receives it in all three roles. The number of triplets
/// grows with N³, the mean does not.</para>
/// <para>Prefer <see cref="BatchHardTripletLoss"/>, which takes one matrix product, when most triplets are easy and the few hard ones drown in the mean.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="options">Distance, margin, mean. A memory is not mined in.</param>
public sealed class BatchAllTripletLoss(MinedTripletLossOptions options) : IEmbeddingLoss
{
    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new BatchAllTripletPass(batch, options);
}
