using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Distributed.Training.Runtime;

namespace Distributed.Benchmarks;

/// <summary>What the program can be asked for besides comparisons and studies.</summary>
internal static class BenchmarkVerbs
{
    /// <summary>Verb of the process of a case of `loss-scale`.</summary>
    public const string LossSide = "loss-side";

    /// <summary>Verb of the process of a case of `batch-memory`.</summary>
    public const string MemorySide = "memory-side";

    private const int Threads = 1;

    /// <summary>`micro`: parts of the step alone, by BenchmarkDotNet; its own options follow the verb.</summary>
    public static Command Micro()
    {
        Argument<string[]> options = new("options") { Description = "Options of BenchmarkDotNet, such as --filter *Loss*." };
        Command command = new("micro", "Parts of the step alone, by BenchmarkDotNet.") { options };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(arguments =>
        {
            TorchRuntime.Initialize(Threads);
            BenchmarkSwitcher.FromAssembly(typeof(BenchmarkVerbs).Assembly).Run(
                [.. arguments.GetRequiredValue(options), .. arguments.UnmatchedTokens],
                DefaultConfig.Instance.WithArtifactsPath(Path.Combine(Repository.Root, "artifacts", "benchmarks")));
        });
        return command;
    }
}
