namespace Distributed.Worker.Verbs.Files;

/// <summary>The one path that all names of a file and of its folders lead to.</summary>
internal static class RealPath
{
    // The kernel follows as many.
    private const int MostLinks = 40;

    /// <summary>The path without links, whether or not there is such a file; one whose links lead nowhere stays as far as they lead.</summary>
    public static string Of(string path) => Follow(Path.GetFullPath(path), MostLinks).Path;

    private static (string Path, int LinksLeft) Follow(string full, int links)
    {
        var real = Path.GetPathRoot(full)!;
        foreach (var name in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, name);
            (real, links) = links > 0 && new FileInfo(next).LinkTarget is { } target ? Follow(Path.GetFullPath(target, real), links - 1) : (next, links);
        }

        return (real, links);
    }
}
