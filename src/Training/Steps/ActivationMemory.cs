using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>
/// What the activations of an encoder's graph take. From a budget follows how many tokens go through the encoder together: part of the result's bits, so it
/// depends on job and model alone. Whether a rank's whole share may be held at once depends on the machine: that touches memory and time, never a result.
/// </summary>
internal sealed class ActivationMemory
{
    /// <summary>Share of the memory within reach that activations may take.</summary>
    private const double Share = 0.25;

    private const long MiB = 1 << 20;

    private readonly BatchOptions _options;

    /// <exception cref="JobConflictException">The budget is too small for the longest text.</exception>
    public ActivationMemory(EmbeddingModel model, BatchOptions options)
    {
        _options = options;
        BytesPerToken = EstimatePerToken(model.Encoder.Config, model.MaxTokens);
        TokensPerMicroBatch = options.ActivationMemoryMb is { } budget ? TokensWithin(budget * MiB, model.MaxTokens) : options.TokensPerMicroBatch;
    }

    /// <summary>Upper estimate for a token of the longest text, in bytes.</summary>
    public long BytesPerToken { get; }

    /// <summary>Most tokens that go through the encoder together.</summary>
    public int TokensPerMicroBatch { get; }

    /// <summary>Whether a share of so many tokens is encoded twice instead of holding its graphs.</summary>
    public bool UsesGradientCache(long tokens) => _options.GradientCache switch
    {
        GradientCacheMode.On => true,
        GradientCacheMode.Off => false,
        _ => tokens * BytesPerToken > Share * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
    };

    /// <summary>
    /// A layer keeps about twelve vectors of the hidden width (queries, keys, values, context, projections, residuals, two normalisations with their inputs,
    /// dropout masks), three of the intermediate width, and for each head three rows of attention (probabilities, their mask, their product), in float32.
    /// </summary>
    internal static long EstimatePerToken(BertConfig config, int maxTokens) =>
        (long)config.Layers * ((12L * config.HiddenSize) + (3L * config.IntermediateSize) + (3L * config.Heads * maxTokens)) * sizeof(float);

    private int TokensWithin(long budget, int longestText)
    {
        var tokens = budget / BytesPerToken;
        if (tokens < longestText)
        {
            throw new JobConflictException(
                $"batch.activation_memory_mb is {budget / MiB}, but the activations of the longest text, {longestText} tokens, take up to "
                + $"{((longestText * BytesPerToken) + MiB - 1) / MiB} MiB; enlarge it, or set model.max_tokens lower");
        }

        return (int)Math.Min(tokens, int.MaxValue);
    }
}
