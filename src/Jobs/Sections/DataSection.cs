using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `data:`.</summary>
internal static class DataSection
{
    private static readonly DataOptions Default = new() { Train = [] };

    public static DataOptions Read(Section keys) => new()
    {
        Train = keys.RequiredFiles("train"),
        Columns = keys.Texts("columns", Default.Columns),
        Label = keys.OptionalText("label"),
        Score = keys.OptionalText("score"),
        Limit = keys.OptionalInt("limit", min: 2),
    };
}
