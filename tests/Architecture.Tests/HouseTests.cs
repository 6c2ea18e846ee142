using System.Collections.Immutable;

namespace Distributed.Architecture.Tests;

/// <summary>What every project of the repository has in common.</summary>
public sealed class HouseTests(ITestOutputHelper output)
{
    private const int LongFile = 300;

    [Fact]
    public void Packages_OfEveryProject_HaveTheirVersionsInOnePlace()
        => Assert.All(Repository.Projects.Values, project => Assert.Empty(project.OwnVersions));

    [Fact]
    public void Projects_AreAllInTheSolution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Distributed.sln")).Replace('\\', '/');

        Assert.All(Repository.Projects.Values, project =>
            Assert.Contains(Path.GetRelativePath(Repository.Root, project.FullPath), solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Projects_HaveAllALockFile()
        => Assert.All(Repository.Projects.Values, project => Assert.True(
            File.Exists(Path.Combine(project.Folder, "packages.lock.json")),
            $"{project.Name} has no packages.lock.json"));

    [Fact]
    public void TestProjects_BelongToAProjectOrAreNamedThings()
    {
        string[] others = ["Architecture.Tests", "Integration.Tests", "Benchmarks", "ReferenceCheck", "Testing"];
        var products = Repository.Projects.Values.Where(p => p.IsProduct).Select(p => p.Name + ".Tests");

        Assert.Empty(Repository.Projects.Values.Where(p => !p.IsProduct && !p.IsExample).Select(p => p.Name).Except([.. products, .. others]));
    }

    [Fact]
    public void Programs_AloneReadTheEnvironment()
    {
        var readers = Sources("src").Where(file => File.ReadAllText(file).Contains("GetEnvironmentVariable", StringComparison.Ordinal));

        Assert.All(readers, file => Assert.Equal("Program.cs", Path.GetFileName(file)));
    }

    /// <summary>Long files are no mistake, but someone should know of them: they are listed in the test's output.</summary>
    [Fact]
    public void Files_ThatAreLong_AreListed()
    {
        var files = Sources("src").Select(file => (Name: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadLines(file).Count())).ToImmutableArray();

        foreach (var (name, lines) in files.Where(file => file.Lines > LongFile))
            output.WriteLine($"{name}: {lines} lines");
        Assert.NotEmpty(files);
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
