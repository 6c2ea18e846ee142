using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;

namespace Distributed.Training.Steps;

/// <summary>
/// What the activations of an encoder's graph take. From a budget follows how many tokens go through the encoder together: part of the result's bits, so it
/// depends on job and model alone. Whether a rank's whole share may be held at once depends on the machine too: that touches memory and time, never a result.
/// </summary>
internal sealed class ActivationMemory
{
    /// <summary>Share of the memory within reach that activations may take.</summary>
    private const double Share = 0.25;

    private const long MiB = 1 << 20;

    private readonly SentenceEncoder _encoder;
    private readonly int _longestText;
    private readonly BatchOptions _options;

    /// <exception cref="JobConflictException">The budget is too small for the longest text.</exception>
    public ActivationMemory(EmbeddingModel model, BatchOptions options)
    {
        (_encoder, _longestText, _options) = (model.Encoder, model.MaxTokens, options);
        TokensPerMicroBatch = options.ActivationMemoryMb is { } budget ? TokensWithin(budget * MiB) : options.TokensPerMicroBatch;
    }

    /// <summary>Most tokens that go through the encoder together.</summary>
    public int TokensPerMicroBatch { get; }

    /// <summary>Whether a share of so many tokens is encoded twice instead of holding its graphs.</summary>
    public bool UsesGradientCache(long tokens) => _options.GradientCache switch
    {
        GradientCacheMode.On => true,
        GradientCacheMode.Off => false,
        _ => tokens * EstimatePerToken(_encoder.Config, _longestText, _encoder.IsFused) > Share * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
    };

    /// <summary>
    /// Upper estimate for a token of a text of this length, in bytes: 7 to 60 % above what was measured for shapes of 1 to 6 layers, 256 and 384 wide. Where
    /// libtorch's operators run, a layer keeps up to sixteen vectors of the hidden width (queries, keys, values, context, projections, residuals,
    /// normalisations and their inputs, masks), three of the intermediate width (six where it is gated, five more for gelu by tanh), and for each head four rows of attention (scores, probabilities, their
    /// mask, their product), in float32; the fused kernels keep fewer. Embeddings, pooling and the layer that backward is in take one layer more.
    /// </summary>
    internal static long EstimatePerToken(EncoderConfig config, int length, bool isFused)
    {
        var (hidden, wide, attention) = isFused ? (12L, 3L, 1L) : (16L, config.FeedForwardVectors, 4L);
        return (config.Layers + 1L) * ((hidden * config.HiddenSize) + (wide * config.IntermediateSize) + (attention * config.Heads * length)) * sizeof(float);
    }

    /// <summary>Whether the kernels run is the machine's affair, so that a budget reckons with the operators, which take more.</summary>
    private int TokensWithin(long budget)
    {
        var perToken = EstimatePerToken(_encoder.Config, _longestText, isFused: false);
        if (budget < _longestText * perToken)
        {
            throw new JobConflictException(
                $"batch.activation_memory_mb is {budget / MiB}, but the activations of the longest text, {_longestText} tokens, take up to "
                + $"{((_longestText * perToken) + MiB - 1) / MiB} MiB; enlarge it, or set model.max_tokens lower");
        }

        return (int)Math.Min(budget / perToken, int.MaxValue);
    }
}
