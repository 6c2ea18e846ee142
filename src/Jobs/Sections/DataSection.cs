using System.Collections.Immutable;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `data:`.</summary>
internal static class DataSection
{
    private static readonly DataOptions Default = new() { Train = [] };

    public static DataOptions Read(Section keys) => Read(keys, keys.Texts("columns", Default.Columns));

    private static DataOptions Read(Section keys, ImmutableArray<string> columns) => new()
    {
        Train = keys.RequiredFiles("train"),
        Columns = columns,
        Prompts = keys.OptionalPrompts("prompts", columns),
        Label = keys.OptionalText("label"),
        Score = keys.OptionalText("score"),
        Limit = keys.OptionalInt("limit", min: 2),
    };
}
