using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distributed.Cli.JobFiles;

/// <summary>The text of a job file while it is edited. Comments and the numbers of lines stay, so that a mistake is reported where the user wrote it.</summary>
/// <param name="Text">The YAML.</param>
/// <param name="Origins">For each line where it comes from: a line of the file, from 1, or the override that added it.</param>
internal sealed record JobText(string Text, ImmutableArray<LineOrigin> Origins)
{
    /// <summary>A file as it was read.</summary>
    public static JobText Of(string text)
    {
        var lines = text.Count(c => c == '\n') + 1;
        return new JobText(text, [.. Enumerable.Range(1, lines).Select(line => new LineOrigin(line, null))]);
    }

    /// <summary>The text with one key set: a value there is replaced, a key that is missing is added.</summary>
    public JobText Set(JobOverride change, string value)
    {
        if (YamlText.Root(Text) is not { } node)
            return this;
        var path = change.Path;
        for (var depth = 0; depth < path.Length; depth++)
        {
            var child = node.Children.FirstOrDefault(entry => entry.Key is YamlScalarNode name && name.Value == path[depth]).Value;
            var rest = path.AsSpan(depth + 1);
            if (child is null)
                return Insert(node, $"{path[depth]}: {Nested(rest, value)}", change);
            if (child is not YamlMappingNode mapping || rest.IsEmpty)
                return Replace(child, node, Nested(rest, value), change);
            node = mapping;
        }

        return this;
    }

    /// <summary>The text with every path made absolute by <paramref name="makeAbsolute"/>.</summary>
    public JobText WithPaths(Func<string, string> makeAbsolute)
    {
        if (YamlText.Root(Text) is not { } root)
            return this;
        var text = Text;
        foreach (var path in PathsIn(root, "").OrderByDescending(node => node.Start.Index).ToList())
            text = Splice(text, path.Start, path.End, YamlText.Quote(makeAbsolute(path.Value!)));
        return this with { Text = text };
    }

    private static IEnumerable<YamlScalarNode> PathsIn(YamlMappingNode node, string prefix)
        => node.Children.SelectMany(entry => entry switch
        {
            { Key: YamlScalarNode name, Value: YamlMappingNode section } => PathsIn(section, $"{prefix}{name.Value}."),
            // An item of datasets has the keys that a job with a single one has at its top.
            { Key: YamlScalarNode { Value: "datasets" }, Value: YamlSequenceNode list } when prefix.Length == 0
                => list.Children.OfType<YamlMappingNode>().SelectMany(dataset => PathsIn(dataset, "")),
            { Key: YamlScalarNode name, Value: var value } when JobPaths.Holds(prefix + name.Value) => Texts(value),
            _ => [],
        });

    private static IEnumerable<YamlScalarNode> Texts(YamlNode value)
    {
        IEnumerable<YamlNode> nodes = value is YamlSequenceNode list ? list.Children : [value];
        return nodes.OfType<YamlScalarNode>()
            .Where(s => s.Style is not (ScalarStyle.Literal or ScalarStyle.Folded))
            .Where(s => !string.IsNullOrEmpty(s.Value) && (s.Style != ScalarStyle.Plain || s.Value is not ("~" or "null" or "Null" or "NULL")));
    }

    private static string Nested(ReadOnlySpan<string> keys, string value)
        => keys.IsEmpty ? value : $"{{{keys[0]}: {Nested(keys[1..], value)}}}";

    /// <summary>Before the first key of <paramref name="parent"/>, in its own style.</summary>
    private JobText Insert(YamlMappingNode parent, string entry, JobOverride change)
    {
        if (parent.Children.Count == 0)
            return Replace(parent, parent, $"{{{entry}}}", change);
        var first = parent.Children.First().Key.Start;
        if (parent.Style == YamlDotNet.Core.Events.MappingStyle.Flow)
            return this with { Text = Splice(Text, first, first, entry + ", ") };
        var added = $"{entry}\n{new string(' ', YamlText.ColumnOf(first))}";
        var line = int.CreateChecked(first.Line);
        return new JobText(Splice(Text, first, first, added), Origins.Insert(line - 1, new LineOrigin(0, change)));
    }

    /// <summary>In the place of <paramref name="node"/>; as many lines as before.</summary>
    private JobText Replace(YamlNode node, YamlMappingNode parent, string value, JobOverride change)
    {
        var start = YamlText.IndexOf(node.Start);
        var end = YamlNodeEnd.Of(node, Text);
        var lines = Text.AsSpan(start, end - start).Count('\n');
        // A list's dashes may stand below its key; nothing else may.
        var isTooFarLeft = node is YamlSequenceNode && YamlText.ColumnOf(node.Start) <= YamlText.ColumnOf(parent.Children.First().Key.Start);
        var lead = start > 0 && Text[start - 1] == ':' ? " " : isTooFarLeft ? "  " : "";
        var text = string.Concat(Text.AsSpan(0, start), lead + value + new string('\n', lines), Text.AsSpan(end));
        var origins = Origins;
        for (var line = 0; line <= lines; line++)
            {
            var index = int.CreateChecked(node.Start.Line) - 1 + line;
            origins = origins.SetItem(index, origins[index] with { Override = change });
        }

        return new JobText(text, origins);
    }

    private static string Splice(string text, Mark start, Mark end, string value)
        => string.Concat(text.AsSpan(0, YamlText.IndexOf(start)), value, text.AsSpan(YamlText.IndexOf(end)));
}

/// <summary>Where a line comes from.</summary>
/// <param name="Line">Its line in the file, from 1; 0: it was added.</param>
/// <param name="Override">What added or changed it; null: it is as it was.</param>
internal readonly record struct LineOrigin(int Line, JobOverride? Override);
