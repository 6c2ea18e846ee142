using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Distributed.Architecture.Tests;

/// <summary>The repository that this test was built from.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project, by name.</summary>
    public static ImmutableSortedDictionary<string, ProjectFile> Projects { get; } = new[] { "src", "tests", "examples" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
        .Select(path => new ProjectFile(path))
        .ToImmutableSortedDictionary(project => project.Name, project => project, StringComparer.Ordinal);

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        // Deterministic builds may map the path of the source: then the folder of the test itself leads up.
        var start = File.Exists(thisFile) ? Path.GetDirectoryName(thisFile)! : AppContext.BaseDirectory;
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Distributed.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no Distributed.sln above {start}");
    }
}

/// <summary>A project file.</summary>
internal sealed class ProjectFile(string path)
{
    private readonly XDocument _xml = XDocument.Load(path);

    /// <summary>Full path.</summary>
    public string FullPath { get; } = path;

    /// <summary>Name of the file without its extension.</summary>
    public string Name { get; } = Path.GetFileNameWithoutExtension(path);

    /// <summary>Folder of the project.</summary>
    public string Folder { get; } = Path.GetDirectoryName(path)!;

    /// <summary>Whether it is part of the product.</summary>
    public bool IsProduct => Folder.StartsWith(Path.Combine(Repository.Root, "src"), StringComparison.Ordinal);

    /// <summary>Whether it shows how the product is used.</summary>
    public bool IsExample => Folder.StartsWith(Path.Combine(Repository.Root, "examples"), StringComparison.Ordinal);

    /// <summary>Projects whose code it uses.</summary>
    public ImmutableArray<string> References => [.. ReferencesWhere(isBuildOnly: false)];

    /// <summary>Projects that are only built with it.</summary>
    public ImmutableArray<string> BuildOnly => [.. ReferencesWhere(isBuildOnly: true)];

    /// <summary>Names of its packages.</summary>
    public ImmutableArray<string> Packages => [.. Items("PackageReference").Select(item => (string)item.Attribute("Include")!)];

    /// <summary>Packages to which it gives a version of its own.</summary>
    public ImmutableArray<string> OwnVersions =>
    [
        .. Items("PackageReference")
            .Where(item => item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null || item.Element("Version") is not null)
            .Select(item => (string)item.Attribute("Include")!),
    ];

    private IEnumerable<string> ReferencesWhere(bool isBuildOnly) => Items("ProjectReference")
        .Where(item => ((string?)item.Attribute("ReferenceOutputAssembly") == "false") == isBuildOnly)
        .Select(item => Path.GetFileNameWithoutExtension((string)item.Attribute("Include")!))
        .Order(StringComparer.Ordinal);

    private IEnumerable<XElement> Items(string name) => _xml.Descendants(name);
}
