using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `batch:`.</summary>
internal static class BatchSection
{
    private static readonly BatchOptions Default = new();

    public static BatchOptions Read(Section keys) => new()
    {
        Rows = keys.Int("rows", Default.Rows, min: 2, max: BatchOptions.MaxRows),
        Shards = keys.Int("shards", Default.Shards, min: 1, max: 4096),
        TokensPerMicroBatch = keys.Int("tokens_per_micro_batch", Default.TokensPerMicroBatch, min: 1, max: 1 << 24),
        ActivationMemoryMb = keys.OptionalInt("activation_memory_mb", min: 1, max: 1 << 20),
        GradientCache = keys.Choice("gradient_cache", Default.GradientCache,
            ("auto", GradientCacheMode.Auto), ("on", GradientCacheMode.On), ("off", GradientCacheMode.Off)),
    };
}
