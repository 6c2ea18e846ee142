using System.Collections.Immutable;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// One softmax of a block of rows, seen tile by tile: the largest logit m, S = Σ_j exp(z_j − m) and, for each text that the rows compare with documents,
/// O = Σ_j exp(z_j − m) d̂_j, all without the pair itself, whose logit m starts at.
/// </summary>
internal sealed class RunningSoftmax : IDisposable
{
    private readonly TensorPool _pool;
    private readonly Tensor _pair;
    private readonly Tensor _sum;
    private readonly ImmutableArray<Tensor> _weighted;

    /// <param name="pair">Logits of the pairs, [rows, 1].</param>
    /// <param name="rowColumns">How many texts of a row are compared with documents.</param>
    /// <param name="dim">Dimensions of an embedding.</param>
    /// <param name="pool">Where the sums come from.</param>
    public RunningSoftmax(Tensor pair, int rowColumns, long dim, TensorPool pool)
    {
        _pair = pair;
        Largest = pair.clone();
        _sum = zeros_like(pair);
        _weighted = [.. Enumerable.Range(0, rowColumns).Select(_ => pool.RentZeros(pair.size(0), dim, pair))];
        _pool = pool;
    }

    /// <summary>The largest logit so far, the pair's among them, [rows, 1].</summary>
    public Tensor Largest { get; }

    /// <summary>Adds a tile.</summary>
    /// <param name="logits">[rows, documents].</param>
    /// <param name="documents">Their directions, [documents, dim].</param>
    /// <param name="rowColumn">Which text of the rows they are compared with.</param>
    /// <param name="exponentials">Memory for what is made of the logits, [rows, documents]: theirs, where they need not stay as they are.</param>
    /// <returns>Each row's largest logit of the tile, [rows, 1].</returns>
    public Tensor Add(Tensor logits, Tensor documents, int rowColumn, Tensor exponentials)
    {
        using var scope = NewDisposeScope();
        var ofTile = empty_like(_pair);
        if (TileKernel.Supports(logits))
            TileKernel.Accumulate(logits, exponentials, ofTile, Largest, _sum, _weighted);
        else
            TileOperators.Accumulate(logits, exponentials, ofTile, Largest, _sum, _weighted);
        _weighted[rowColumn].addmm_(exponentials, documents);
        return ofTile.MoveToOuterDisposeScope();
    }

    /// <summary>Σ_j exp(z_j) of the negatives as a share of all, the pair's <paramref name="copies"/> terms among them, [rows, 1].</summary>
    public Tensor NegativeShare(int copies) => _sum / Total(copies);

    /// <summary>log Σ_j exp(z_j) − z_pair = log(copies + exp(log S + m − z_pair)), [rows, 1]: exact near 0 as well.</summary>
    public Tensor Loss(int copies) => logaddexp(_sum.log().add_(Largest).sub_(_pair), full_like(_pair, Math.Log(copies)));

    /// <summary>1 / Σ_j exp(z_j − m), [rows, 1].</summary>
    public Tensor Inverse(int copies) => Total(copies).reciprocal_();

    /// <summary>Σ_j p_j d̂_j over the negatives that a text of the rows was compared with, times a factor, [rows, dim]; once, in place of O.</summary>
    public Tensor Mean(int rowColumn, Tensor factors) => _weighted[rowColumn].mul_(factors);

    /// <summary>Gives the sums' memory back. The small tensors are the dispose scope's.</summary>
    public void Dispose()
    {
        foreach (var sum in _weighted)
            _pool.Return(sum);
    }

    private Tensor Total(int copies) => (_pair - Largest).exp_().mul_(copies).add_(_sum);
}
