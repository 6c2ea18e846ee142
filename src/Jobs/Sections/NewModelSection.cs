using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `model.new:`.</summary>
internal static class NewModelSection
{
    private static readonly NewModelOptions Default = new() { Vocabulary = "" };

    public static NewModelOptions Read(Section keys) => new()
    {
        Vocabulary = keys.RequiredFile("vocabulary"),
        LowerCase = keys.Flag("lower_case", Default.LowerCase),
        Layers = keys.Int("layers", Default.Layers, min: 1, max: 256),
        HiddenSize = keys.Int("hidden_size", Default.HiddenSize, min: 1, max: 16384),
        Heads = keys.Int("heads", Default.Heads, min: 1, max: 1024),
        IntermediateSize = keys.Int("intermediate_size", Default.IntermediateSize, min: 1, max: 1 << 17),
        MaxPositions = keys.Int("max_positions", Default.MaxPositions, min: 3, max: 1 << 16),
    };
}
