using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using TorchSharp.Modules;

namespace Distributed.Training.Losses;

/// <summary>
/// Another loss over embeddings cut to their first d components, for several d: <c>Σ_d weight_d · inner(e[:d] / ‖e[:d]‖)</c>. The model learns to put what
/// matters first, so that its embeddings can be cut short.
/// </summary>
/// <remarks>
/// Kusupati et al. 2022, arXiv 2205.13147. As in sentence-transformers every cut is scaled to length 1, the whole embedding included where it is among the
/// dimensions, and weighted losses are summed, not averaged. Guides stay whole. One inner loss serves all dimensions: a number that it trains is a single one, and
/// its gradients add up.
/// <para>The gradient is the sum over the dimensions, so that it grows with their number; with the batch it scales as the inner loss's. A step gathers once,
/// whatever the number of dimensions: the statistics of all of them travel together. Memory is that of the cut columns, O(N · Σd).</para>
/// <para>The leading components take part in every cut and so receive most gradient. Prefer the inner loss alone where embeddings are used whole.</para>
/// </remarks>
public sealed class MatryoshkaLoss : IEmbeddingLoss, IDisposable
{
    private readonly IEmbeddingLoss _inner;
    private readonly ImmutableArray<MatryoshkaCut> _cuts;

    /// <param name="inner">The loss of each cut.</param>
    /// <param name="options">The dimensions and their weights.</param>
    /// <exception cref="ArgumentException">No dimension, one below 1 or given twice, or another number of weights.</exception>
    public MatryoshkaLoss(IEmbeddingLoss inner, MatryoshkaOptions options)
    {
        if (options.Dims.IsEmpty || options.Dims.Any(dim => dim < 1) || options.Dims.Distinct().Count() < options.Dims.Length)
            throw new ArgumentException("At least one dimension is needed, each at least 1 and given once.", nameof(options));
        if (!options.Weights.IsEmpty && options.Weights.Length != options.Dims.Length)
            throw new ArgumentException($"There are {options.Dims.Length} dimensions and {options.Weights.Length} weights.", nameof(options));

        _inner = inner;
        _cuts = [.. options.Dims.Select((dim, index) => new MatryoshkaCut(dim, options.Weights.IsEmpty ? 1 : options.Weights[index]))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> Parameters => _inner.Parameters;

    /// <inheritdoc/>
    /// <exception cref="LossException">A dimension is larger than the embeddings.</exception>
    public ILossPass Over(EmbeddingBatch batch)
    {
        var dim = batch.Columns[0].size(1);
        if (_cuts.FirstOrDefault(cut => cut.Dim > dim) is { Dim: > 0 } above)
            throw new LossException($"loss.matryoshka.dims has {above.Dim}, but the model's embeddings have {dim} dimensions");
        return new MatryoshkaPass(batch, _inner, _cuts);
    }

    /// <summary>Disposes the inner loss, if that can be disposed.</summary>
    public void Dispose() => (_inner as IDisposable)?.Dispose();
}
