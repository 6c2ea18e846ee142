using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss.memory:`.</summary>
internal static class MemorySection
{
    private const int DefaultRows = 4096;
    private static readonly MemoryOptions Default = new() { Rows = DefaultRows };

    public static MemoryOptions Read(Section keys) => new()
    {
        Rows = keys.Int("rows", Default.Rows, min: 1, max: BatchOptions.MaxRows),
        FromStep = keys.Int("from_step", Default.FromStep, min: 0),
    };
}
