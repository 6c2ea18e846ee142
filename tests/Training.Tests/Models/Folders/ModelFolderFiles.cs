namespace Distributed.Training.Tests.Models.Folders;

/// <summary>The files of a folder, by their path in it.</summary>
internal static class ModelFolderFiles
{
    public static SortedDictionary<string, byte[]> Of(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes),
        StringComparer.Ordinal);
}
