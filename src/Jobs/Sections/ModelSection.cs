using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `model:`.</summary>
internal static class ModelSection
{
    public static ModelOptions Read(Section keys) => new()
    {
        Folder = keys.OptionalFolder("folder"),
        Hub = keys.OptionalHubId("hub"),
        New = keys.OptionalChild("new", NewModelSection.Read),
        MaxTokens = keys.OptionalInt("max_tokens", min: 3, max: 1 << 16),
        Pooling = keys.OptionalChoice("pooling",
            ("mean", PoolingMode.Mean), ("cls", PoolingMode.Cls), ("max", PoolingMode.Max), ("mean_sqrt_len_tokens", PoolingMode.MeanSqrtLength),
            ("weightedmean", PoolingMode.WeightedMean), ("lasttoken", PoolingMode.LastToken)),
        Normalize = keys.OptionalFlag("normalize"),
        Dropout = keys.OptionalNumber("dropout", NumberRange.BelowOne),
        Freeze = keys.Texts("freeze", []),
        FreezeLayers = keys.OptionalInt("freeze_layers", min: 0, max: 256),
        Lora = keys.OptionalChild("lora", LoraSection.Read),
        Adapter = keys.OptionalFolder("adapter"),
    };
}
