using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// Triplet loss over given triplets of anchor, positive and negative, one a row: <c>ℓ = max(0, D_ap − D_an + margin)</c>; the loss is the mean over the rows
/// that have all three texts.
/// </summary>
/// <remarks>
/// Schroff et al. 2015, FaceNet, arXiv 1503.03832, there with squared distances. The difference to sentence-transformers: where two embeddings of a triplet coincide,
/// a Euclidean distance has no slope here and a gradient of NaN there.
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks. Rows do not meet: a larger batch only averages more of them.</para>
/// <para>Prefer <see cref="Ranking.MultipleNegativesRankingLoss"/>, which compares each anchor with the negatives of all rows too; this loss is for negatives that
/// have to stay at a distance in absolute terms.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
/// <param name="options">Distance, margin, and whether embeddings are normalised first: see there for why not.</param>
public sealed class TripletLoss(TripletLossOptions options) : IEmbeddingLoss
{
    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new TripletPass(batch, options);
}
