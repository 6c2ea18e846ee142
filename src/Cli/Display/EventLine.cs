using System.Globalization;
using Distributed.Cli.Events;
using Spectre.Console;

namespace Distributed.Cli.Display;

/// <summary>An event as one coloured line for a person.</summary>
internal static class EventLine
{
    /// <summary>Time, who, message, and the first line of an exception; as Spectre's markup.</summary>
    public static string Of(RunEvent e, string source)
    {
        var time = e.Time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var exception = e.Exception is null ? "" : ": " + e.Exception.Split('\n')[0].TrimEnd();
        return $"[grey]{time} {Markup.Escape(source),-11}[/] [{Colour(e.Level)}]{Markup.Escape(MessageRenderer.Render(e) + exception)}[/]";
    }

    /// <summary>A line that is no event.</summary>
    public static string OfText(string line, string source)
        => $"[grey]         {Markup.Escape(source),-11}[/] {Markup.Escape(line)}";

    private static string Colour(EventLevel level) => level switch
    {
        EventLevel.Debug => "grey",
        EventLevel.Warning => "yellow",
        EventLevel.Error or EventLevel.Fatal => "red",
        _ => "default",
    };
}
