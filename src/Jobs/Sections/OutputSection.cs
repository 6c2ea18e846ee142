using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `output:`.</summary>
internal static class OutputSection
{
    public static OutputOptions Read(Section keys) => new()
    {
        Folder = keys.RequiredNewFolder("folder"),
        Lora = keys.Choice("lora", AdapterOutput.Merged, ("merged", AdapterOutput.Merged), ("adapter", AdapterOutput.Adapter)),
    };
}
