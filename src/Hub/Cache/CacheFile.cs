namespace Distributed.Hub.Cache;

/// <summary>Looks at files that may be links into the cache.</summary>
internal static class CacheFile
{
    /// <summary>Whether there is content: <see cref="File.Exists"/> takes a link to nothing for a file.</summary>
    public static bool Exists(string path) => File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);
}
