using Distributed.Training.Losses.Pairs.Measures;
using Distributed.Training.Losses.Pairs.Objectives;

namespace Distributed.Training.Losses.Pairs;

/// <summary>
/// <see cref="CoSENTLoss"/> with the angle in complex space in place of the cosine: <c>log(1 + Σ exp(scale (t_i − t_j)))</c> over all i, j of the global batch
/// with <c>score_i &lt; score_j</c>; <c>t = |Σ_k (Re + Im)(a_k / b_k)| · ‖b‖/‖a‖</c>, the halves of an embedding being real and imaginary parts.
/// </summary>
/// <remarks>
/// Li and Li 2023, AnglE, arXiv 2309.12871. The same function as sentence-transformers', without its divisions: by <c>a_k / b_k = a_k b̄_k / |b_k|²</c> with the
/// sum of all |b_k|² for each of them, as its code has it, t is <c>|â·(b̂ + i b̂)|</c>. There a zero vector makes the loss and every gradient of the batch NaN;
/// here its t is 0 and it receives no gradient. Its further form with hard negatives is not offered: write negatives as pairs of score 0.
/// <para>Gradient and batch as with <see cref="CoSENTLoss"/>. Note that t lies in [0, √2] and is blind to sign.</para>
/// <para>Prefer it over <see cref="CoSENTLoss"/> where many cosines sit near ±1.</para>
/// <para>Finite for all finite embeddings; 0 where all scores are equal.</para>
/// </remarks>
/// <param name="scale">Factor on t, 1 / temperature.</param>
public sealed class AnglELoss(double scale) : IEmbeddingLoss
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch has not two columns, or lacks scores.</exception>
    public ILossPass Over(EmbeddingBatch batch) => new PairPass(batch, new AngleMeasure(), new OrderObjective(scale));
}
