using System.Collections.Immutable;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// One softmax of a block of rows, seen tile by tile: the largest logit m, S = Σ_j exp(z_j − m) and, for each text that the rows compare with documents,
/// O = Σ_j exp(z_j − m) d̂_j, all without the pair itself, whose logit m starts at.
/// </summary>
internal sealed class RunningSoftmax
{
    private readonly Tensor _pair;
    private readonly Tensor _sum;
    private readonly ImmutableArray<Tensor> _weighted;

    /// <param name="pair">Logits of the pairs, [rows, 1].</param>
    /// <param name="rowColumns">How many texts of a row are compared with documents.</param>
    /// <param name="dim">Dimensions of an embedding.</param>
    public RunningSoftmax(Tensor pair, int rowColumns, long dim)
    {
        _pair = pair;
        Largest = pair.clone();
        _sum = zeros_like(pair);
        _weighted = [.. Enumerable.Range(0, rowColumns).Select(_ => zeros([pair.size(0), dim], pair.dtype, pair.device))];
    }

    /// <summary>The largest logit so far, the pair's among them, [rows, 1].</summary>
    public Tensor Largest { get; }

    /// <summary>Adds a tile.</summary>
    /// <param name="logits">[rows, documents].</param>
    /// <param name="documents">Their directions, [documents, dim].</param>
    /// <param name="rowColumn">Which text of the rows they are compared with.</param>
    /// <param name="keepLogits">Whether the logits must stay as they are.</param>
    /// <returns>Each row's largest logit of the tile, [rows, 1].</returns>
    public Tensor Add(Tensor logits, Tensor documents, int rowColumn, bool keepLogits)
    {
        using var scope = NewDisposeScope();
        var (ofTile, exponentials) = (empty_like(_pair), keepLogits ? empty_like(logits) : logits);
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

    /// <summary>Σ_j p_j d̂_j over the negatives that a text of the rows was compared with, times a factor, [rows, dim].</summary>
    public Tensor Mean(int rowColumn, Tensor factors) => _weighted[rowColumn] * factors;

    private Tensor Total(int copies) => (_pair - Largest).exp_().mul_(copies).add_(_sum);
}
