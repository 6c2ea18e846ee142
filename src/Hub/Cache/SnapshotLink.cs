namespace Distributed.Hub.Cache;

/// <summary>Gives a content its name among the files of a commit: by a relative link, so that the cache can be moved, or by a copy.</summary>
internal static class SnapshotLink
{
    /// <summary>Makes the file, unless it is there.</summary>
    /// <param name="cache">The model's part of the cache.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="name">Name of the file, of slashes between safe parts.</param>
    /// <param name="etag">The content.</param>
    /// <param name="hasLinks">Whether links are wanted; a file system without them gets copies in any case.</param>
    /// <exception cref="IOException">It cannot be written, or something else is in its place.</exception>
    public static void Create(RepositoryCache cache, string commit, string name, string etag, bool hasLinks)
    {
        var path = cache.FileOf(commit, name);
        if (CacheFile.Exists(path))
            return;
        CreateFolder(cache.Snapshot(commit), Path.GetDirectoryName(name)!);
        File.Delete(path); // a link to a content that has been deleted
        if (!hasLinks || !TryLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, cache.Blob(etag))))
            Copy(cache.Blob(etag), path);
    }

    // A folder on the way that is a link could lead out of the cache.
    private static void CreateFolder(string snapshot, string folder)
    {
        Directory.CreateDirectory(snapshot);
        var path = snapshot;
        foreach (var part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            Directory.CreateDirectory(path);
            if (new DirectoryInfo(path).LinkTarget is not null)
                throw new IOException($"{path}: it is a link, where a folder of the model belongs");
        }
    }

    private static bool TryLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (IOException) when (CacheFile.Exists(path))
        {
            return true; // another process was quicker
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // a copy fails too where the reason is not that there are no links
        }
    }

    private static void Copy(string blob, string path)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.Copy(blob, aside);
            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
