namespace Distributed.Architecture.Tests;

/// <summary>Dependencies point one way.</summary>
public sealed class DependencyTests
{
    /// <summary>Project, and the projects whose code it may use.</summary>
    public static TheoryData<string, string> Allowed => new()
    {
        { "Jobs", "" },
        { "Protocol", "" },
        { "Data", "Jobs" },
        { "Hub", "Data Jobs" },
        { "Training", "Data Jobs" },
        { "Coordinator", "Data Jobs Protocol" },
        { "Worker", "Data Hub Jobs Protocol Training" },
        { "Cli", "Data Hub Jobs" },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Project_OfTheProduct_ReferencesOnlyWhatItMay(string project, string allowed)
    {
        var references = Repository.Projects[project].References;

        Assert.Empty(references.Except(allowed.Split(' ')));
    }

    [Fact]
    public void Projects_OfTheProduct_AreAllInTheTable()
    {
        var known = Allowed.Select(row => row.Data.Item1).Order(StringComparer.Ordinal);

        Assert.Equal(known, Repository.Projects.Values.Where(p => p.IsProduct).Select(p => p.Name));
    }

    [Fact]
    public void Examples_UseWhatAUserGets()
        => Assert.All(Repository.Projects.Values.Where(p => p.IsExample), example => Assert.Equal(["Training"], example.References));

    [Fact]
    public void Cli_BuildsCoordinatorAndWorker_WithoutTheirCode()
        => Assert.Equal(["Coordinator", "Worker"], Repository.Projects["Cli"].BuildOnly);

    [Theory]
    [InlineData("Jobs", "TorchSharp", "Grpc", "Serilog", "Spectre", "Parquet")]
    [InlineData("Data", "TorchSharp", "libtorch", "Grpc", "Serilog")]
    [InlineData("Hub", "TorchSharp", "libtorch", "Grpc", "Serilog", "Microsoft.AspNetCore", "System.CommandLine")]
    [InlineData("Training", "Grpc", "Google.Protobuf", "Serilog", "Microsoft.AspNetCore", "Polly", "System.CommandLine")]
    [InlineData("Protocol", "TorchSharp", "Serilog", "Grpc.AspNetCore", "Grpc.Net.Client")]
    [InlineData("Coordinator", "TorchSharp", "libtorch", "Spectre")]
    [InlineData("Worker", "Grpc.AspNetCore", "Spectre", "Microsoft.Data.Sqlite")]
    [InlineData("Cli", "TorchSharp", "libtorch", "Grpc", "Microsoft.Data.Sqlite")]
    public void Project_OfTheProduct_HasNoPackageOfAnothersTrade(string project, params string[] forbidden)
    {
        var packages = Repository.Projects[project].Packages;

        Assert.DoesNotContain(packages, package => forbidden.Any(name => package.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Training_UsesNoWebFramework()
        => Assert.DoesNotContain("Microsoft.NET.Sdk.Web", File.ReadAllText(Repository.Projects["Training"].FullPath), StringComparison.Ordinal);
}
