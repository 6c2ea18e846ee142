using Distributed.Training.Losses.Pairs.Measures;
using Distributed.Training.Losses.Pairs.Objectives;

namespace Distributed.Training.Losses.Pairs;

/// <summary>
/// The cosines of the pairs shall be in the order of their scores: <c>log(1 + Σ exp(scale (cos_i − cos_j)))</c> over all pairs of pairs i, j of the global
/// batch with <c>score_i &lt; score_j</c>.
/// </summary>
/// <remarks>
/// Huang et al. 2024, CoSENT, doi 10.1109/TASLP.2024.3402087. The same function as sentence-transformers'; the differences: i and j come from all ranks, and the
/// N² terms are summed in O(N log N) by running sums in the order of the scores, in float64, so that no N × N matrix is held and equal scores count exactly not.
/// <para>A single log over the batch, no mean: its value grows like log N², its gradient does not grow with the batch or the number of ranks, it spreads over
/// more pairs.</para>
/// <para>Prefer <see cref="AnglELoss"/> where cosines sit near ±1 and their slope fades, <see cref="CosineSimilarityLoss"/> where batches are tiny or the
/// cosine itself shall be a calibrated score.</para>
/// <para>Finite for all finite embeddings; 0 where all scores are equal.</para>
/// </remarks>
/// <param name="scale">Factor on the cosine, 1 / temperature.</param>
public sealed class CoSENTLoss(double scale) : IEmbeddingLoss
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch has not two columns, or lacks scores.</exception>
    public ILossPass Over(EmbeddingBatch batch) => new PairPass(batch, new CosineSimilarityMeasure(UnitRows.SmallestNorm), new OrderObjective(scale));
}
