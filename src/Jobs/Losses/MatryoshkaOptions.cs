using System.Collections.Immutable;

namespace Distributed.Jobs.Losses;

/// <summary>Matryoshka representation learning (Kusupati et al. 2022, arXiv 2205.13147): embeddings that can be cut short.</summary>
public sealed record MatryoshkaOptions
{
    /// <summary>Dimensions that the loss is computed at, each at most the model's; the full one is not added by itself.</summary>
    public required ImmutableArray<int> Dims { get; init; }

    /// <summary>Weight of each dimension's loss. Empty: 1 for each.</summary>
    public ImmutableArray<double> Weights { get; init; } = [];
}
