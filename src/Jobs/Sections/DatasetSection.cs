using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads what a dataset consists of: an item of `datasets:`, or the top of a job file that has a single one.</summary>
internal static class DatasetSection
{
    public static DatasetOptions ReadItem(Section keys) => Read(keys) with { Name = keys.RequiredText("name") };

    public static DatasetOptions Read(Section keys) => new()
    {
        Data = keys.Child("data", DataSection.Read),
        Loss = keys.Child("loss", LossSection.Read),
        Sampler = keys.Child("sampler", SamplerSection.Read),
    };
}
