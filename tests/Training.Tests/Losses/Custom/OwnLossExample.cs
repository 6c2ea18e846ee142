using Distributed.Jobs.Losses;
using Distributed.Testing;

namespace Distributed.Training.Tests.Losses.Custom;

/// <summary>The library in examples/OwnLoss, as it was built with these tests.</summary>
internal static class OwnLossExample
{
    // artifacts/bin/<project>/<configuration>
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static string Assembly { get; } = Path.Combine(Repository.Root, "artifacts", "bin", "OwnLoss", Configuration, "OwnLoss.dll");

    public static CustomLossOptions Options { get; } = new() { Assembly = Assembly, Type = "OwnLoss.SoftNearestNeighborLoss" };
}
