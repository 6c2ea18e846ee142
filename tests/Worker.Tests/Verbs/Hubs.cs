using Distributed.Hub;

namespace Distributed.Worker.Tests.Verbs;

/// <summary>Hubs of the tests.</summary>
internal static class Hubs
{
    /// <summary>One that is never asked, with an empty cache.</summary>
    public static HubOptions None { get; } = new() { CacheFolder = "/no/such/cache", IsOffline = true };
}
