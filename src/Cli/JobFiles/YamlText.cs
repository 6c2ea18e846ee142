using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distributed.Cli.JobFiles;

/// <summary>Small pieces of YAML text.</summary>
internal static class YamlText
{
    private const int MaxDepth = 32; // a job file has a quarter of it; the loader below recurses, level by level

    /// <summary>The mapping at the top of <paramref name="text"/>; null when there is none or the text is not YAML, or nested without end.</summary>
    public static YamlMappingNode? Root(string text)
    {
        var stream = new YamlStream();
        try
        {
            if (IsDeep(text))
                return null;
            stream.Load(new StringReader(text));
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException) // the latter of a bracket that is never closed
        {
            return null;
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }] ? root : null;
    }

    /// <summary><paramref name="value"/> in single quotes, which leave it as it is.</summary>
    public static string Quote(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A value of the command line as it may stand in any place of a file, also between braces.</summary>
    public static string Value(string raw)
    {
        if (raw.Length == 0)
            return "null";
        if (raw.AsSpan().ContainsAny('\n', '\r'))
            return Quote(raw.ReplaceLineEndings(" "));
        return Root($"{{v: {raw}}}") is { Children: [{ Value: var node }] } && IsWhole(node, raw) ? raw : Quote(raw);
    }

    /// <summary>The list or single text that <paramref name="raw"/> writes, each put through <paramref name="change"/> and quoted.</summary>
    public static string Values(string raw, Func<string, string> change)
        => Root($"v: {raw}")?.Children.Values.SingleOrDefault() is YamlSequenceNode list
            ? $"[{string.Join(", ", list.Children.OfType<YamlScalarNode>().Select(item => Quote(change(item.Value ?? ""))))}]"
            : Quote(change(raw));

    private static bool IsDeep(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (depth <= MaxDepth && parser.MoveNext())
            depth += parser.Current!.NestingIncrease;
        return depth > MaxDepth;
    }

    /// <summary>Whether the whole of <paramref name="raw"/> became the value: not cut by a comment, no second key.</summary>
    private static bool IsWhole(YamlNode node, string raw) => node switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value == raw,
        YamlScalarNode => true,
        _ => raw[0] is '[' or '{' && raw[^1] is ']' or '}',
    };

    /// <summary>A position as an index into the text.</summary>
    public static int IndexOf(Mark mark) => int.CreateChecked(mark.Index);

    /// <summary>A position's column, from 0.</summary>
    public static int ColumnOf(Mark mark) => int.CreateChecked(mark.Column) - 1;
}
