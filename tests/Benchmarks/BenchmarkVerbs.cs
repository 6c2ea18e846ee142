using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Distributed.Benchmarks.Ours;
using Distributed.Benchmarks.Peer;
using Distributed.Benchmarks.Throughput;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Benchmarks;

/// <summary>What the program can be asked for.</summary>
internal static class BenchmarkVerbs
{
    /// <summary>Verb of the peer's process, a child of `throughput`.</summary>
    public const string PeerSide = "peer-side";

    /// <summary>Verb of a process of our side, a child of `throughput`.</summary>
    public const string OurSide = "our-side";

    /// <summary>Verb of the process of a case of `loss-scale`.</summary>
    public const string LossSide = "loss-side";

    /// <summary>Verb of the process of a case of `batch-memory`.</summary>
    public const string MemorySide = "memory-side";

    private const int Threads = 1;
    private const int DefaultRounds = 4;
    private const int DefaultSteps = 2;

    /// <summary>`throughput`: our step and the peer's, side by side.</summary>
    public static Command Throughput()
    {
        Argument<string[]> names = new("case") { Description = "Cases; without one all of them." };
        Option<int> rounds = new("--rounds") { Description = "Turns of each side.", DefaultValueFactory = _ => DefaultRounds };
        Option<int> steps = new("--steps") { Description = "Steps of a turn.", DefaultValueFactory = _ => DefaultSteps };
        names.AcceptOnlyFromAmong([.. ThroughputCase.All.Select(benchmark => benchmark.Name)]);
        Command command = new("throughput", "Rows per second of a training step, beside the peer's step in plain TorchSharp.") { names, rounds, steps };
        command.SetAction(arguments =>
        {
            var wanted = arguments.GetRequiredValue(names);
            new ThroughputRun(arguments.InvocationConfiguration.Output, arguments.GetValue(rounds), arguments.GetValue(steps))
                .Run(ThroughputCase.All.Where(benchmark => wanted.Length == 0 || wanted.Contains(benchmark.Name)));
        });
        return command;
    }

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

    /// <summary>The peer's process. It keeps malloc as it is, so it does not use <see cref="TorchRuntime"/>.</summary>
    public static Command Peer()
    {
        Argument<string> name = new("case");
        Command command = new(PeerSide) { name };
        command.Hidden = true;
        command.SetAction((arguments, _) => WithDataAsync(arguments.GetRequiredValue(name), async data =>
        {
            NativeLibraries.Load(torchFolder: null);
            torch.set_num_threads(Threads);
            using var step = new PeerStep(data);
            await StepChild.ServeAsync(step, data, Console.In, Console.Out);
        }));
        return command;
    }

    /// <summary>A process of our side.</summary>
    public static Command Ours()
    {
        Argument<string> name = new("case");
        Argument<int> rank = new("rank");
        Command command = new(OurSide) { name, rank };
        command.Hidden = true;
        command.SetAction((arguments, _) => WithDataAsync(arguments.GetRequiredValue(name), async data =>
        {
            TorchRuntime.Initialize(Threads);
            await using var listener = BenchmarkMesh.Listen();
            await using var collectives = new TimedCollectives(
                await BenchmarkMesh.FormAsync(arguments.GetValue(rank), data.Job.Batch.Shards, listener, Console.In, Console.Out));
            using var step = new TrainerStep(data, collectives);
            await StepChild.ServeAsync(step, data, Console.In, Console.Out);
        }));
        return command;
    }

    private static async Task WithDataAsync(string name, Func<BenchmarkData, Task> run)
    {
        var scratch = Directory.CreateTempSubdirectory("distributed-benchmark-");
        try
        {
            await run(BenchmarkData.Load(ThroughputCase.All.Single(benchmark => benchmark.Name == name), Repository.Root, scratch.FullName));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
