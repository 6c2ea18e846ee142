namespace Distributed.Testing;

/// <summary>Where the sources lie, for tests that read bundled data.</summary>
public static class Repository
{
    /// <summary>The folder of Distributed.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Distributed.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No Distributed.sln above {AppContext.BaseDirectory}.");
    }
}
