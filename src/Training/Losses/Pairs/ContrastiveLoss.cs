using Distributed.Jobs.Losses;
using Distributed.Training.Losses.Pairs.Measures;
using Distributed.Training.Losses.Pairs.Objectives;

namespace Distributed.Training.Losses.Pairs;

/// <summary>
/// Contrastive loss over given pairs: those that belong together, score 1, shall be near; those that do not, score 0, shall be apart by a margin.
/// <c>ℓ = ½ D²</c> and <c>½ max(0, margin − D)²</c>; the loss is their mean over the global batch, or their sum.
/// </summary>
/// <remarks>
/// Hadsell, Chopra and LeCun 2006, CVPR, doi 10.1109/CVPR.2006.100. D is 1 − cosine, ‖a − b + ε‖ or Σ |a − b + ε|, with ε = 1e-6 as PyTorch's
/// pairwise_distance has it, so that equal texts have a slope. The difference to sentence-transformers: other scores than 1 and 0, which it takes as weights of
/// both terms after a warning, are refused.
/// <para>The mean's gradient is that over the global batch, whatever the number of ranks; the sum's grows with the batch, so that the learning rate has to
/// follow it.</para>
/// <para>Prefer <see cref="OnlineContrastiveLoss"/> where most pairs are easy, <see cref="Ranking.MultipleNegativesRankingLoss"/> where there are only pairs that
/// belong together, and <see cref="CoSENTLoss"/> where scores are graded.</para>
/// <para>Finite for all finite embeddings.</para>
/// </remarks>
/// <param name="distance">Euclidean, Manhattan or cosine.</param>
/// <param name="margin">Distance from which on a pair that does not belong together is far enough.</param>
/// <param name="sum">The sum over the pairs instead of their mean.</param>
public sealed class ContrastiveLoss(Distance distance, double margin, bool sum) : IEmbeddingLoss
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch has not two columns, or another score than 1 and 0.</exception>
    public ILossPass Over(EmbeddingBatch batch) =>
        new PairPass(BinaryScores.Require(batch), PairDistance.Of(distance), new ContrastiveObjective(margin, sum));
}
