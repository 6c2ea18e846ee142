using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:` of the kind custom.</summary>
internal static class CustomLossSection
{
    public static CustomLossOptions Read(Section keys) => new()
    {
        Assembly = keys.RequiredFile("assembly"),
        Type = keys.RequiredText("type"),
        Settings = keys.Numbers("settings"),
    };
}
