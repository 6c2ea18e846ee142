using Distributed.Training.Losses.Pairs.Measures;
using Distributed.Training.Losses.Pairs.Objectives;

namespace Distributed.Training.Losses.Pairs;

/// <summary>The cosine of a pair shall be its score: <c>ℓ = (cos(a, b) − score)²</c>; the loss is the mean over the global batch.</summary>
/// <remarks>
/// The regression objective of Reimers and Gurevych 2019 (Sentence-BERT, arXiv 1908.10084). No difference to sentence-transformers with its default, the mean
/// squared error; a row shorter than 1e-8 is divided by that number instead of its length.
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks; rows do not see one another, so the size of the batch changes
/// its noise alone.</para>
/// <para>Prefer <see cref="CoSENTLoss"/> or <see cref="AnglELoss"/> where the order of the pairs is what counts: a cosine need not reach the very number that
/// an annotator wrote.</para>
/// <para>Finite for all finite embeddings.</para>
/// </remarks>
public sealed class CosineSimilarityLoss : IEmbeddingLoss
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The batch has not two columns, or lacks scores.</exception>
    public ILossPass Over(EmbeddingBatch batch) =>
        new PairPass(batch, new CosineSimilarityMeasure(CosineSimilarityMeasure.SmallestNormOfCosine), new SquaredErrorObjective());
}
