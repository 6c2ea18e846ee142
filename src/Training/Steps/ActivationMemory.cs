using Distributed.Jobs;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>Decides whether the activations of a share's tokens may be held all at once. Touches memory and time, never a result.</summary>
internal sealed class ActivationMemory(SentenceEncoder encoder, BatchOptions options)
{
    /// <summary>Share of the memory within reach that activations may take.</summary>
    private const double Share = 0.25;

    /// <summary>Whether a share of so many tokens is encoded twice instead of holding its graphs.</summary>
    public bool UsesGradientCache(long tokens) => options.GradientCache switch
    {
        GradientCacheMode.On => true,
        GradientCacheMode.Off => false,
        _ => tokens * BytesPerToken() > Share * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
    };

    /// <summary>
    /// Upper estimate: a layer keeps about twelve vectors of the hidden width (queries, keys, values, context, projections, residuals,
    /// two normalisations with their inputs, dropout masks) and three of the intermediate width, in float32.
    /// </summary>
    private long BytesPerToken() =>
        (long)encoder.Config.Layers * (12L * encoder.Config.HiddenSize + 3L * encoder.Config.IntermediateSize) * sizeof(float);
}
