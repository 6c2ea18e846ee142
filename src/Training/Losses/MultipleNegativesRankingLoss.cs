using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses;

/// <summary>
/// Multiple-negatives ranking (InfoNCE): each anchor shall be nearer to its own positive than to every other document of the global batch.
/// <c>ℓ_i = log Σ_j exp(z_ij) − z_i,i</c> with <c>z_ij = scale · sim(anchor_i, document_j)</c>; the loss is the mean over the N rows, the documents
/// are all positives, then all first negatives, …: M = N(1 + n) of them.
/// </summary>
/// <remarks>
/// van den Oord et al. 2018, arXiv 1807.03748; Henderson et al. 2017, arXiv 1705.00652. The difference: documents that are known to be no negatives, because
/// their text is the row's own anchor or positive, are left out; and documents that a row lacks exist for nobody.
/// The similarities are computed in tiles with an online log-sum-exp (Cheng et al. 2024, Inf-CL, arXiv 2410.17243), so memory is O(tile), not O(N·M).
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks: row sums are added, never rank means averaged.
/// A larger batch means more negatives, so loss values of different N do not compare.</para>
/// <para>Prefer <see cref="BatchHardTripletLoss"/> when rows have class labels and no pairing, or when batches must be small.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="scale">Factor on the similarity, 1 / temperature.</param>
/// <param name="similarity">Similarity of two embeddings.</param>
/// <param name="maskFalseNegatives">Whether columns of equal text are left out of a row's negatives.</param>
public sealed class MultipleNegativesRankingLoss(double scale, Similarity similarity, bool maskFalseNegatives) : IEmbeddingLoss
{
    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new MultipleNegativesRankingPass(batch, scale, similarity, maskFalseNegatives);
}
