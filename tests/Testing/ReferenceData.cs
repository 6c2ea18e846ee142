using System.Text.Json;

namespace Distributed.Testing;

/// <summary>The golden data in tests/reference, found from wherever the tests were built to.</summary>
public static class ReferenceData
{
    /// <summary>Full path of tests/reference.</summary>
    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "tests", "reference");

    /// <summary>Full path of a file or folder in it.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);

    /// <summary>A JSON file in it.</summary>
    public static JsonElement Json(params ReadOnlySpan<string> parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf(parts)));
        return document.RootElement.Clone();
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Distributed.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no folder with Distributed.sln above {AppContext.BaseDirectory}");
    }
}
