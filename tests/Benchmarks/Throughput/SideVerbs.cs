using System.CommandLine;
using System.Globalization;
using Distributed.Benchmarks.Finetuning;
using Distributed.Benchmarks.Inference;
using Distributed.Benchmarks.Ours;
using Distributed.Benchmarks.Peer;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Benchmarks.Throughput;

/// <summary>The processes of the sides. Their words say the case: its name, or model and rows of a fine-tuning.</summary>
internal static class SideVerbs
{
    /// <summary>Verb of the peer's trainer.</summary>
    public const string PeerTraining = "peer-training";

    /// <summary>Verb of a rank of our trainer.</summary>
    public const string OurTraining = "our-training";

    /// <summary>Verb of the peer's encoder.</summary>
    public const string PeerEncoding = "peer-encoding";

    /// <summary>Verb of our encoder.</summary>
    public const string OurEncoding = "our-encoding";

    private const int Threads = 1;

    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All() =>
    [
        Side(PeerTraining, (words, scratch) => ServePeerAsync(Load(words, scratch), data => new PeerStep(data))),
        Side(PeerEncoding, (words, scratch) => ServePeerAsync(Load(words, scratch), data => new PeerEncoding(data))),
        Side(OurTraining, (words, scratch) => TrainAsync(int.Parse(words[0], CultureInfo.InvariantCulture), Load(words[1..], scratch))),
        Side(OurEncoding, (words, scratch) => EncodeAsync(Load(words, scratch))),
    ];

    private static Command Side(string verb, Func<string[], string, Task> serve)
    {
        Argument<string[]> words = new("words");
        Command command = new(verb) { words };
        command.Hidden = true;
        command.SetAction(async (arguments, _) =>
        {
            var scratch = Directory.CreateTempSubdirectory("distributed-benchmark-");
            try
            {
                await serve(arguments.GetRequiredValue(words), scratch.FullName);
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        });
        return command;
    }

    private static BenchmarkData Load(string[] words, string scratch) => words is [var model, var rows]
        ? BenchmarkData.Of(FinetuneJob.Of(model, rows))
        : BenchmarkData.Load(ThroughputCase.All.Single(benchmark => benchmark.Name == words[0]), Repository.Root, scratch);

    // The peer keeps malloc as it is, so it does not use TorchRuntime.
    private static async Task ServePeerAsync<T>(BenchmarkData data, Func<BenchmarkData, T> create)
        where T : IBenchmarkStep, IDisposable
    {
        NativeLibraries.Load(torchFolder: null);
        torch.set_num_threads(Threads);
        using var side = create(data);
        await StepChild.ServeAsync(side, Console.In, Console.Out);
    }

    private static async Task TrainAsync(int rank, BenchmarkData data)
    {
        TorchRuntime.Initialize(Threads);
        await using var listener = BenchmarkMesh.Listen();
        await using var collectives = new TimedCollectives(await BenchmarkMesh.FormAsync(rank, data.Job.Batch.Shards, listener, Console.In, Console.Out));
        using var side = new TrainerStep(data, collectives);
        await StepChild.ServeAsync(side, Console.In, Console.Out);
    }

    private static async Task EncodeAsync(BenchmarkData data)
    {
        TorchRuntime.Initialize(Threads);
        using var side = new OurEncoding(data);
        await StepChild.ServeAsync(side, Console.In, Console.Out);
    }
}
