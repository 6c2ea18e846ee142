using Distributed.Jobs;

namespace Distributed.Hub;

/// <summary>Tells the two things apart that name a model on a command line: a folder, and the id of a model of the hub.</summary>
public static class ModelName
{
    /// <summary>The id that <paramref name="text"/> is; null where it is a folder's path. A folder that exists wins.</summary>
    public static HubId? HubIdOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !Directory.Exists(text) && HubId.TryParse(text, out var id) ? id : null;
    }
}
