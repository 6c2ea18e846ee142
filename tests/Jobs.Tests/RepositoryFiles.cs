namespace Distributed.Jobs.Tests;

/// <summary>Finds files of the repository from where the tests run.</summary>
internal static class RepositoryFiles
{
    /// <summary>Absolute path of a file or folder, given from the repository's root.</summary>
    public static string Path(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Distributed.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Distributed.sln is in no folder above the tests");
        return System.IO.Path.Combine(folder.FullName, relative);
    }
}
