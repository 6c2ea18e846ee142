using System.Collections.Immutable;

namespace Distributed.Jobs;

/// <summary>
/// Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685): a linear map y = W x + b becomes W x + b + s · B A x, and A and B alone are trained.
/// </summary>
public sealed record LoraOptions
{
    /// <summary>Rows of A and columns of B. Default 8.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>s = alpha / rank. Default 8.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Probability that an element of an adapter's input is dropped in training, 0 ≤ p &lt; 1. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Linear maps with an adapter: patterns with * and ? over their names, or over the last parts of them. Empty: query and value, under the name that
    /// the encoder's family has for them.
    /// </summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>s = alpha / √rank (Kalajdzievski 2023, arXiv 2312.03732), so that the update does not fade as the rank grows. Default no.</summary>
    public bool UseRslora { get; init; }
}
