using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Distributed.Cli.JobFiles;

/// <summary>Where a node's text ends. YamlDotNet's own end mark of a list or mapping is that of its opening bracket.</summary>
internal static class YamlNodeEnd
{
    /// <summary>Index behind the last character of <paramref name="node"/> in <paramref name="text"/>.</summary>
    public static int Of(YamlNode node, string text) => node switch
    {
        YamlMappingNode { Style: MappingStyle.Block, Children.Count: > 0 } mapping => Of(mapping.Children.Last().Value, text),
        YamlSequenceNode { Style: SequenceStyle.Block, Children.Count: > 0 } list => Of(list.Children[^1], text),
        YamlMappingNode mapping => Bracket(text, mapping.Children.Count == 0 ? Inside(node) : Of(mapping.Children.Last().Value, text)),
        YamlSequenceNode list => Bracket(text, list.Children.Count == 0 ? Inside(node) : Of(list.Children[^1], text)),
        _ => YamlText.IndexOf(node.End),
    };

    private static int Inside(YamlNode node) => YamlText.IndexOf(node.Start) + 1;

    /// <summary>Behind the closing bracket, of which only blanks, a comma and comments may keep us.</summary>
    private static int Bracket(string text, int index)
    {
        while (index < text.Length && text[index] is not (']' or '}'))
            index = text[index] == '#' ? LineEnd(text, index) : index + 1;
        return Math.Min(index + 1, text.Length);
    }

    private static int LineEnd(string text, int index)
    {
        var end = text.IndexOf('\n', index);
        return end < 0 ? text.Length : end;
    }
}
