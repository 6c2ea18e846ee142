// Rows per second of a training step, beside the peer's step in plain TorchSharp:
//   dotnet run --project tests/Benchmarks -c Release -- throughput wordnet
using System.CommandLine;
using Distributed.Benchmarks;
using Distributed.Benchmarks.Losses;
using Distributed.Benchmarks.Studies;

RootCommand root = new("Speed and memory of the training step.")
{
    BenchmarkVerbs.Throughput(), BenchmarkVerbs.Micro(), BenchmarkVerbs.Peer(), BenchmarkVerbs.Ours(), LossVerbs.Scale(), LossVerbs.Memory(), StudyVerbs.BatchSize(),
};
foreach (var child in LossVerbs.Children())
    root.Add(child);
return await root.Parse(args).InvokeAsync();
