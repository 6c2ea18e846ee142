using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `checkpoint:`.</summary>
internal static class CheckpointSection
{
    private static readonly CheckpointOptions Default = new();

    public static CheckpointOptions Read(Section keys) => new()
    {
        EverySteps = keys.Int("every_steps", Default.EverySteps, min: 1),
        Keep = keys.Int("keep", Default.Keep, min: 1, max: 1000),
    };
}
