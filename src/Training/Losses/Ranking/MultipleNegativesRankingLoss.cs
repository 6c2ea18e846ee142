using Distributed.Jobs.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// Multiple-negatives ranking (InfoNCE): each anchor shall be nearer to its own positive than to every other document of the global batch.
/// <c>ℓ_i = log Σ_j exp(z_ij) − z_i,i</c> with <c>z_ij = scale · sim(anchor_i, document_j)</c>; the loss is the mean over the N rows, the documents
/// are all positives, then all first negatives, …: M = N(1 + n) of them.
/// <para>Further directions add columns to a row's softmax, or make one each: its anchor against the other anchors, its positive against all anchors, against
/// the documents of the other rows, against the other positives. With one softmax for each direction the loss is the mean of theirs, and the pair itself is in
/// all of them.</para>
/// <para>Hardness weighting adds strength · sim, without gradient, to the logits of query-document negatives. A score mask leaves out what is more similar
/// than the row's own pair less a margin, by a guide's embeddings or by the batch's own. Embeddings of past steps are further documents of query-document.</para>
/// </summary>
/// <remarks>
/// van den Oord et al. 2018, arXiv 1807.03748; Henderson et al. 2017, arXiv 1705.00652; directions: Li et al. 2023 (GTE), arXiv 2308.03281, and Günther et al.
/// 2024, arXiv 2310.19923; hardness: Lan et al. 2025, arXiv 2503.04812; guide: Solatorio 2024 (GISTEmbed), arXiv 2402.16829; memory: Wang et al. 2020, arXiv
/// 1912.06798; learned scale: Radford et al. 2021 (CLIP), arXiv 2103.00020.
/// <para>Differences to sentence-transformers: texts that are known to be no negatives, because they are the row's own anchor or positive, are left out;
/// documents that a row lacks exist for nobody; the guide's mask covers the whole world, in every direction, never the pair itself, and similarities that are
/// equal but for rounding are not above one another. The pair's term is kept apart from those of the negatives, so that a gradient near 0 keeps its
/// digits.</para>
/// <para>The similarities are computed in tiles with an online softmax (Cheng et al. 2024, Inf-CL, arXiv 2410.17243; Dao et al. 2022, FlashAttention, arXiv
/// 2205.14135), so memory is O(tile + N·dim), not O(N·M); tiles are kept for the gradient where all of them are small.</para>
/// <para>The gradient is that of the mean over the global batch, whatever the number of ranks: row sums are added, never rank means averaged.
/// A larger batch means more negatives, so loss values of different N do not compare.</para>
/// <para>Prefer <see cref="Triplets.BatchHardTripletLoss"/> when rows have class labels and no pairing, or when batches must be small.</para>
/// <para>Finite for finite embeddings whose squared length is finite in their dtype.</para>
/// </remarks>
public sealed class MultipleNegativesRankingLoss : IEmbeddingLoss
{
    /// <summary>Name of the learned parameter, the logarithm of the scale.</summary>
    public const string LogScale = "log_scale";

    private readonly RankingLossOptions _options;
    private readonly RankingBudget _budget;

    /// <summary>Makes the loss of <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">The direction query-document is missing.</exception>
    public MultipleNegativesRankingLoss(RankingLossOptions options)
        : this(options, RankingBudget.Default)
    {
    }

    internal MultipleNegativesRankingLoss(RankingLossOptions options, RankingBudget budget)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Directions.HasFlag(RankingDirections.QueryToDocument))
            throw new ArgumentException("Query-document, which holds the pair, is missing from the directions.", nameof(options));
        (_options, _budget) = (options, budget);
        Parameters = options.LearnScale ? [(LogScale, NewParameter(Math.Log(options.Scale)))] : [];
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; }

    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) =>
        new RankingPass(batch, _options, Parameters is [var logScale] ? RankingScale.Learned(logScale.Value) : RankingScale.Fixed(_options.Scale), _budget);

    private static Parameter NewParameter(double value)
    {
        using var scope = NewDisposeScope();
        return (Parameter)new Parameter(tensor((float)value)).DetachFromDisposeScope();
    }
}
