using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Training.Losses.Ranking;

/// <summary>What scoring a shard leaves: its rows' statistics and, by column, the gradient that its texts have as what others are compared with, still without scale.</summary>
internal sealed record ScoredShard(torch.Tensor Statistics, IReadOnlyDictionary<int, torch.Tensor> Gradients) : IDisposable
{
    /// <summary>Disposes it; its memory stays rented, for others that hold it.</summary>
    public void Dispose()
    {
        Statistics.Dispose();
        foreach (var gradient in Gradients.Values)
            gradient.Dispose();
    }

    /// <summary>Disposes it and gives its memory back.</summary>
    public void Return(TensorPool pool)
    {
        foreach (var gradient in Gradients.Values)
            pool.Return(gradient);
        Dispose();
    }
}
