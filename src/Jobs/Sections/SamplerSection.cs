using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `sampler:`.</summary>
internal static class SamplerSection
{
    private static readonly SamplerOptions Default = new();

    public static SamplerOptions Read(Section keys) => new()
    {
        Kind = keys.Choice("kind", Default.Kind,
            ("shuffled", SamplerKind.Shuffled), ("no-duplicates", SamplerKind.NoDuplicates), ("labels", SamplerKind.Labels)),
        ClassesPerBatch = keys.Int("classes_per_batch", Default.ClassesPerBatch, min: 2, max: 1 << 16),
        RowsPerClass = keys.Int("rows_per_class", Default.RowsPerClass, min: 2, max: 1 << 10),
        DropLast = keys.Flag("drop_last", Default.DropLast),
    };
}
