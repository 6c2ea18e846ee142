using System.CommandLine;
using Distributed.Benchmarks.Peer;
using Distributed.Benchmarks.Throughput;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Benchmarks;

/// <summary>What the program can be asked for.</summary>
internal static class BenchmarkVerbs
{
    /// <summary>Name of the verb that is a child of `throughput`.</summary>
    public const string Side = "side";

    private const int DefaultRounds = 4;
    private const int DefaultSteps = 2;

    /// <summary>`throughput`: our step and the peer's, side by side.</summary>
    public static Command Throughput()
    {
        Argument<string[]> names = new("case") { Description = $"Cases: {string.Join(", ", BenchmarkCase.All.Select(benchmark => benchmark.Name))}; without one all of them." };
        Option<int> rounds = new("--rounds") { Description = "Turns of each side.", DefaultValueFactory = _ => DefaultRounds };
        Option<int> steps = new("--steps") { Description = "Steps of a turn.", DefaultValueFactory = _ => DefaultSteps };
        names.AcceptOnlyFromAmong([.. BenchmarkCase.All.Select(benchmark => benchmark.Name)]);
        Command command = new("throughput", "Rows per second of a training step, beside the peer's step in plain TorchSharp.") { names, rounds, steps };
        command.SetAction(arguments =>
        {
            var wanted = arguments.GetRequiredValue(names);
            new ThroughputRun(arguments.InvocationConfiguration.Output, arguments.GetValue(rounds), arguments.GetValue(steps))
                .Run(BenchmarkCase.All.Where(benchmark => wanted.Length == 0 || wanted.Contains(benchmark.Name)));
        });
        return command;
    }

    /// <summary>A side's process.</summary>
    public static Command SideProcess()
    {
        Argument<string> side = new("name");
        Argument<string> name = new("case");
        Command command = new(Side) { side, name };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            var scratch = Directory.CreateTempSubdirectory("distributed-benchmark-");
            try
            {
                var data = BenchmarkData.Load(BenchmarkCase.All.Single(benchmark => benchmark.Name == arguments.GetValue(name)), RepositoryRoot(), scratch.FullName);
                using var peer = Peer(data);
                StepChild.Serve(peer, data, Console.In, Console.Out);
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return command;
    }

    // Not TorchRuntime.Initialize: the peer keeps malloc as it is.
    private static PeerStep Peer(BenchmarkData data)
    {
        NativeLibraries.Load(torchFolder: null);
        torch.set_num_threads(1);
        return new PeerStep(data);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Distributed.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Distributed.sln is in no folder above the program");
        return folder.FullName;
    }
}
