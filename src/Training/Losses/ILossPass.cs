using System.Collections.Immutable;
using Distributed.Data.Planning;
using TorchSharp;

namespace Distributed.Training.Losses;

/// <summary>
/// A loss over one batch, in two phases. <see cref="Score"/> reduces each row of a shard to a few statistics, which are then gathered from all ranks;
/// <see cref="Gradient"/> gives the whole gradient of the shard's own embeddings, in every role they play for any row of the batch.
/// What either returns is a pure function of the gathered values and of the shard: the same bits on whichever rank, and whatever other shards it holds.
/// What a pass keeps from Score to Gradient only saves time. One thread at a time.
/// </summary>
public interface ILossPass : IDisposable
{
    /// <summary>Numbers per row that <see cref="Score"/> returns.</summary>
    int StatisticsPerRow { get; }

    /// <summary>Row statistics of one shard: [shard.Count, StatisticsPerRow], in the embeddings' dtype.</summary>
    torch.Tensor Score(ShardRange shard);

    /// <summary>The loss of the batch from the gathered statistics, [rows, StatisticsPerRow].</summary>
    double Value(torch.Tensor statistics);

    /// <summary>Gradient of the loss with respect to the shard's own embeddings: by column, each [shard.Count, dim].</summary>
    ImmutableArray<torch.Tensor> Gradient(torch.Tensor statistics, ShardRange shard);

    /// <summary>
    /// The shard's share of the gradient with respect to <see cref="IEmbeddingLoss.Parameters"/>, in their order; the shares of all shards add up to the
    /// gradient. Empty for a loss without parameters.
    /// </summary>
    ImmutableArray<torch.Tensor> ParameterGradient(torch.Tensor statistics, ShardRange shard) => [];

    /// <summary>Figures that say how the loss does, by name in snake_case, for logs: the share of active triplets, say. None by default.</summary>
    IReadOnlyDictionary<string, double> Measures(torch.Tensor statistics) => ImmutableDictionary<string, double>.Empty;
}
