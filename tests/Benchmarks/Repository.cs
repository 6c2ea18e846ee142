namespace Distributed.Benchmarks;

/// <summary>The repository that the program was built in.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Distributed.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Distributed.sln is in no folder above the program");
        return folder.FullName;
    }
}
