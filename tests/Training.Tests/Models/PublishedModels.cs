namespace Distributed.Training.Tests.Models;

/// <summary>Published models, which are too large for the repository: in the folder that the variable DISTRIBUTED_PUBLISHED_MODELS names.</summary>
internal static class PublishedModels
{
    public const string MiniLM = "all-MiniLM-L6-v2";

    private const string Variable = "DISTRIBUTED_PUBLISHED_MODELS";

    /// <summary>Full path of a file or folder there. Skips the test where the variable is not set.</summary>
    public static string PathOrSkip(params ReadOnlySpan<string> parts)
    {
#pragma warning disable RS0030 // the one place of the tests that reads the environment
        var folder = Environment.GetEnvironmentVariable(Variable);
#pragma warning restore RS0030
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"{Variable} names no folder of published models");
        return Path.Combine([folder!, .. parts]);
    }
}
