using Distributed.Jobs.Losses;
using Distributed.Training.Losses.Pairs.Measures;
using Distributed.Training.Losses.Pairs.Objectives;

namespace Distributed.Training.Losses.Pairs;

/// <summary>
/// Contrastive loss over the hard pairs alone: positives farther apart than the nearest negative, <c>Σ D²</c>, and negatives nearer than the farthest
/// positive, <c>Σ max(0, margin − D)²</c>. Nearest and farthest are those of the global batch, over all ranks.
/// </summary>
/// <remarks>
/// A loss of sentence-transformers, after Hadsell et al. 2006 (doi 10.1109/CVPR.2006.100), with its semantics: a sum without the ½; with fewer than two
/// positives a negative is hard below the negatives' mean, with fewer than two negatives a positive above the positives' mean. The thresholds have no gradient.
/// The difference: where several ranks take part, theirs are each rank's own. Distances are those of <see cref="ContrastiveLoss"/>; other scores than 1 and 0,
/// which sentence-transformers ignores after a warning, are refused.
/// <para>The gradient is a sum over the hard pairs, so it grows with the batch and shrinks as training goes on; clipping evens it out. A larger batch has
/// wider thresholds and so a larger share of hard pairs.</para>
/// <para>Prefer <see cref="ContrastiveLoss"/> where labels are noisy: the hard pairs are then the wrong ones.</para>
/// <para>Finite for all finite embeddings.</para>
/// </remarks>
/// <param name="distance">Euclidean, Manhattan or cosine.</param>
/// <param name="margin">Distance from which on a pair that does not belong together is far enough.</param>
public sealed class OnlineContrastiveLoss(Distance distance, double margin) : IEmbeddingLoss
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch has not two columns, or another score than 1 and 0.</exception>
    public ILossPass Over(EmbeddingBatch batch) =>
        new PairPass(BinaryScores.Require(batch), PairDistance.Of(distance), new OnlineContrastiveObjective(margin));
}
