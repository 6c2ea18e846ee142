using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The gradient of a block of texts as documents that all rows of the batch are compared with: Σ_i ∂L/∂z_ij x̂_i, still without scale.</summary>
internal sealed class RankingDocuments(RankingGrid grid, RankingSoftmaxes softmaxes, TextDirections directions, KeptTiles tiles)
{
    /// <summary>Adds it to the gradients, by column, of the block <paramref name="own"/>.</summary>
    public void Add(Tensor statistics, ShardRange own, ImmutableArray<Tensor> gradients)
    {
        for (var softmax = 0; softmax < softmaxes.All.Length; softmax++)
        {
            foreach (var comparison in softmaxes.All[softmax].Where(comparison => !comparison.IsMemory))
            {
                foreach (var rows in grid.Partners)
                {
                    using var scope = NewDisposeScope();
                    var (largest, factors) = (Of(RankingStatistics.Largest(softmax), rows), Of(RankingStatistics.Factor(softmax), rows));
                    var logits = tiles.Take(comparison, rows, own);
                    if (TileKernel.Supports(logits))
                        TileKernel.Weights(logits, largest, factors);
                    else
                        TileOperators.Weights(logits, largest, factors);
                    gradients[comparison.DocumentColumn].addmm_(logits.t(), directions.Of(comparison.RowColumn, rows));
                }
            }
        }

        Tensor Of(int column, ShardRange rows) => RankingStatistics.Of(statistics, column, rows);
    }
}
