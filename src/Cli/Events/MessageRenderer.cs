using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Distributed.Cli.Events;

/// <summary>Puts the properties of an event into its message (messagetemplates.org).</summary>
internal static partial class MessageRenderer
{
    /// <summary>The message for a person, on one line.</summary>
    public static string Render(RunEvent e)
    {
        var withFormat = 0;
        var text = Token().Replace(e.Template, match =>
        {
            if (match.Value is "{{" or "}}")
                return match.Value[..1];
            var hasFormat = match.Groups["format"].Success;
            var rendering = hasFormat ? RenderingAt(e.Renderings, withFormat++) : null;
            return rendering ?? Value(e.Properties, match);
        });
        return text.ReplaceLineEndings(" ");
    }

    private static string? RenderingAt(JsonArray? renderings, int index)
        => index < renderings?.Count ? renderings[index]?.ToString() : null;

    private static string Value(JsonObject properties, Match token)
    {
        if (!properties.TryGetPropertyValue(token.Groups["name"].Value, out var node))
            return token.Value;
        if (node is null)
            return "none";
        if (node.GetValueKind() != JsonValueKind.Number)
            return node.GetValueKind() == JsonValueKind.String ? Text((string)node!) : node.ToJsonString(ClefJson.Options);
        var format = token.Groups["format"];
        return format.Success ? ((double)node).ToString(format.Value, CultureInfo.InvariantCulture) : node.ToString();
    }

    /// <summary>A duration to a tenth of a second; any other text as it is.</summary>
    private static string Text(string text)
    {
        if (!Duration().IsMatch(text) || !TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration))
            return text;
        var rounded = TimeSpan.FromMilliseconds(100 * Math.Round(duration.TotalMilliseconds / 100));
        return rounded.ToString(rounded.Days == 0 ? @"hh\:mm\:ss\.f" : @"d\.hh\:mm\:ss\.f", CultureInfo.InvariantCulture);
    }

    /// <summary>How a TimeSpan is written that is no whole number of seconds.</summary>
    [GeneratedRegex(@"^(\d+\.)?\d\d:\d\d:\d\d\.\d{7}$", RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\{\{|\}\}|\{[@$]?(?<name>[A-Za-z0-9_]+)(,-?\d+)?(:(?<format>[^}]+))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
