using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distributed.Cli.Events;

/// <summary>Makes the launcher's own events.</summary>
internal sealed class RunEvents(TimeProvider time)
{
    /// <summary>An event of this moment. Each name of the template is a property.</summary>
    public RunEvent Make(EventLevel level, string template, params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var values = new JsonObject();
        foreach (var (name, value) in properties)
            values[name] = JsonSerializer.SerializeToNode(value, ClefJson.Options);
        return new RunEvent(time.GetUtcNow(), level, template, values);
    }
}
