using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Training.Models.Modules;

/// <summary>How token states become one embedding.</summary>
internal sealed record PoolingSpec
{
    /// <summary>The mean over all tokens.</summary>
    public static PoolingSpec Mean { get; } = new() { Modes = [PoolingMode.Mean] };

    /// <summary>The embedding is the results of these one after another; at least one.</summary>
    public required ImmutableArray<PoolingMode> Modes { get; init; }

    /// <summary>Whether the tokens of a prompt, the special token at its front among them, are pooled too.</summary>
    public bool IncludesPrompt { get; init; } = true;

    /// <summary>Width of the embedding for token states so wide.</summary>
    public int Outputs(int hiddenSize) => checked(hiddenSize * Modes.Length);
}
