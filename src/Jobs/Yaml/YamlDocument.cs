using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Distributed.Jobs.Yaml;

/// <summary>
/// Reads the plain part of YAML that a settings file needs: mappings, lists and values. Anchors, aliases and tags are refused, which also
/// leaves nothing for a document that expands without end.
/// </summary>
internal sealed class YamlDocument
{
    private const int MaxDepth = 8;
    private readonly Parser _parser;
    private readonly MistakeList _mistakes;
    private int _line;

    private YamlDocument(string text, MistakeList mistakes)
    {
        _parser = new Parser(new StringReader(text));
        _mistakes = mistakes;
    }

    /// <summary>The root section of the only document in <paramref name="text"/>; null where there is none, which <paramref name="mistakes"/> then say.</summary>
    public static YamlMapping? Parse(string text, MistakeList mistakes)
    {
        var document = new YamlDocument(text, mistakes);
        try
        {
            return document.ReadRoot();
        }
        catch (YamlException) when (TabIndentedLine(text) is > 0 and var line)
        {
            return document.Refuse(line, "indented with a tab: YAML wants spaces");
        }
        catch (YamlException exception)
        {
            return document.Refuse(Math.Min((int)exception.Start.Line, LastLine(text)), $"not valid YAML: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet throws where a plain value runs on inside a bracket that was never closed.
            return document.Refuse(document._line, "not valid YAML: a bracket or brace that is not closed, here or above");
        }
    }

    private static int TabIndentedLine(string text) =>
        Array.FindIndex(text.Split('\n'), line => line.AsSpan().TrimStart(' ').StartsWith('\t') && !string.IsNullOrWhiteSpace(line)) + 1;

    private static int LastLine(string text) => text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    private YamlMapping? ReadRoot()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return Refuse(0, "the file is empty");

        _parser.Consume<DocumentStart>();
        var root = ReadNode(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            return Refuse((int)second.Start.Line, "a second document: a job file holds one");

        return root switch
        {
            YamlMapping mapping => mapping,
            YamlScalar { IsNull: true } => Refuse(0, "the file is empty"),
            _ => Refuse(root.Line, $"expected sections such as 'model:' and 'data:', found {root.Kind}"),
        };
    }

    private YamlMapping? Refuse(int line, string reason)
    {
        _mistakes.Add(line, reason);
        return null;
    }

    private YamlNode ReadNode(int depth)
    {
        var node = _parser.Consume<ParsingEvent>();
        var line = _line = (int)node.Start.Line;
        if (depth > MaxDepth)
            throw new YamlException(node.Start, node.End, "nested too deeply");
        if (node is AnchorAlias || node is NodeEvent { Anchor.IsEmpty: false })
            throw new YamlException(node.Start, node.End, "anchors and aliases have no meaning in a job file");
        if (node is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag })
            throw new YamlException(node.Start, node.End, $"tags such as {tag} have no meaning in a job file");

        return node switch
        {
            Scalar scalar => new YamlScalar(line, scalar.Value, scalar.Style != ScalarStyle.Plain),
            SequenceStart => new YamlList(line, ReadItems(depth)),
            MappingStart => new YamlMapping(line, ReadEntries(depth)),
            _ => throw new YamlException(node.Start, node.End, "unexpected content"),
        };
    }

    private ImmutableArray<YamlNode> ReadItems(int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return items.DrainToImmutable();
    }

    private ImmutableArray<YamlEntry> ReadEntries(int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var firstLines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar { Value: var name })
                _mistakes.Add(key.Line, $"{key.Kind} cannot be a key");
            else if (firstLines.TryAdd(name, key.Line))
                entries.Add(new YamlEntry(key.Line, name, value));
            else
                _mistakes.Add(key.Line, $"'{name}' is given twice, first in line {firstLines[name]}");
        }
        return entries.DrainToImmutable();
    }
}
