using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distributed.Cli.Events;

/// <summary>One log event in CLEF, Serilog's compact JSON: read from a child's output or made here.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Template">Message with {Names} of properties in it.</param>
/// <param name="Properties">Values of the names, and others that are not shown.</param>
/// <param name="Renderings">Texts of those {Name:format} of the template that have a format, in order.</param>
/// <param name="Exception">Text of an exception; null: none.</param>
internal sealed record RunEvent(
    DateTimeOffset Time,
    EventLevel Level,
    string Template,
    JsonObject Properties,
    JsonArray? Renderings = null,
    string? Exception = null)
{
    /// <summary>The event of a line; null when the line is not CLEF.</summary>
    public static RunEvent? Parse(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            return JsonNode.Parse(line) is JsonObject json ? FromJson(json) : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The event as one line of CLEF.</summary>
    public string ToClef()
    {
        var json = new JsonObject { ["@t"] = Time.UtcDateTime.ToString("O"), ["@mt"] = Template };
        if (Level != EventLevel.Information)
            json["@l"] = Level.ToString();
        if (Exception is not null)
            json["@x"] = Exception;
        if (Renderings is not null)
            json["@r"] = Renderings.DeepClone();
        foreach (var (name, value) in Properties)
            json[name.StartsWith('@') ? "@" + name : name] = value?.DeepClone();
        return json.ToJsonString(ClefJson.Options);
    }

    private static RunEvent? FromJson(JsonObject json)
    {
        if (!json.TryGetPropertyValue("@t", out var time) || time is null)
            return null;
        var properties = new JsonObject();
        foreach (var (name, value) in json.Where(p => !p.Key.StartsWith('@')))
            properties[name] = value?.DeepClone();
        return new RunEvent(
            time.GetValue<DateTimeOffset>(),
            Enum.TryParse<EventLevel>((string?)json["@l"], out var level) ? level : EventLevel.Information,
            (string?)json["@mt"] ?? (string?)json["@m"] ?? "",
            properties,
            json["@r"] as JsonArray,
            (string?)json["@x"]);
    }
}
