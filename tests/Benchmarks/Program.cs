// Rows per second of a training step, beside the peer's step in plain TorchSharp:
//   dotnet run --project tests/Benchmarks -c Release -- throughput wordnet
using System.CommandLine;
using Distributed.Benchmarks;
using Distributed.Benchmarks.Losses;
using Distributed.Benchmarks.Studies;
using Distributed.Benchmarks.Throughput;

RootCommand root = new("Speed and memory of training and encoding.")
{
    ThroughputVerbs.Train(), ThroughputVerbs.Encode(), ThroughputVerbs.Finetune(), BenchmarkVerbs.Micro(), LossVerbs.Scale(), LossVerbs.Memory(), StudyVerbs.BatchSize(),
};
foreach (var child in (IEnumerable<Command>)[.. SideVerbs.All(), .. LossVerbs.Children()])
    root.Add(child);
return await root.Parse(args).InvokeAsync();
