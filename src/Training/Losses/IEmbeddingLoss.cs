using System.Collections.Immutable;
using Distributed.Data.Planning;
using TorchSharp;

namespace Distributed.Training.Losses;

/// <summary>
/// A loss over the embeddings of a global batch, mean over its N rows, with its gradient in closed form. It knows no model and no transport.
/// It is computed in two phases, each a pure function of gathered values and of one logical shard, so that any rank computes the same bits:
/// <see cref="Score"/> reduces each row of a shard to a few statistics, which are then gathered; <see cref="Gradient"/> gives the whole gradient
/// of the shard's own embeddings, in every role they play for any row of the batch.
/// </summary>
public interface IEmbeddingLoss
{
    /// <summary>Numbers per row that <see cref="Score"/> returns. The first is the row's loss, to be divided by <see cref="Divisor"/>.</summary>
    int StatisticsPerRow { get; }

    /// <summary>Row statistics of one shard: [shard.Count, StatisticsPerRow], in the embeddings' dtype.</summary>
    torch.Tensor Score(EmbeddingBatch batch, ShardRange shard);

    /// <summary>What the sum of row losses is divided by, from the gathered statistics [rows, StatisticsPerRow]: the number of rows, unless the loss averages over fewer.</summary>
    double Divisor(EmbeddingBatch batch, torch.Tensor statistics);

    /// <summary>Gradient of the loss (already divided by <see cref="Divisor"/>) with respect to the shard's own embeddings: by column, each [shard.Count, dim].</summary>
    ImmutableArray<torch.Tensor> Gradient(EmbeddingBatch batch, torch.Tensor statistics, ShardRange shard);
}
