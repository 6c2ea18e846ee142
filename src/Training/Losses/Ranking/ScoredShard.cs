using TorchSharp;

namespace Distributed.Training.Losses.Ranking;

/// <summary>What scoring a shard leaves: its rows' statistics and, by column, the gradient that its texts have as what others are compared with, still without scale.</summary>
internal sealed record ScoredShard(torch.Tensor Statistics, IReadOnlyDictionary<int, torch.Tensor> Gradients) : IDisposable
{
    public void Dispose()
    {
        Statistics.Dispose();
        foreach (var gradient in Gradients.Values)
            gradient.Dispose();
    }
}
