using Distributed.Data.Files;

namespace Distributed.Training.Models;

/// <summary>Puts a folder in place whole: written aside, synced, renamed.</summary>
internal static class FolderReplacement
{
    /// <summary>Writes a folder through <paramref name="write"/>, which is given the empty folder to fill, and leaves nothing behind if that fails.</summary>
    public static void Write(string folder, Action<string> write)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = Path.GetDirectoryName(target) ?? throw new IOException($"{folder}: no folder to write to");
        Directory.CreateDirectory(parent);
        var aside = $"{target}.{Environment.ProcessId}.new";
        try
        {
            DeleteIfExists(aside);
            Directory.CreateDirectory(aside);
            write(aside);
            Sync(aside);
            Replace(target, aside);
            Durable.SyncDirectory(parent);
        }
        finally
        {
            DeleteIfExists(aside);
        }
    }

    // A folder that is not empty cannot be renamed over: the old one steps aside first.
    private static void Replace(string target, string aside)
    {
        var old = $"{target}.{Environment.ProcessId}.old";
        DeleteIfExists(old);
        if (Directory.Exists(target))
            Directory.Move(target, old);
        Directory.Move(aside, target);
        DeleteIfExists(old);
    }

    private static void Sync(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            Durable.SyncFile(file);
        foreach (var directory in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
            Durable.SyncDirectory(directory);
        Durable.SyncDirectory(folder);
    }

    private static void DeleteIfExists(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
