// Rows per second of a training step, beside the peer's step in plain TorchSharp:
//   dotnet run --project tests/Benchmarks -c Release -- throughput wordnet
using System.CommandLine;
using Distributed.Benchmarks;

RootCommand root = new("Speed of the training step.") { BenchmarkVerbs.Throughput(), BenchmarkVerbs.Micro(), BenchmarkVerbs.Peer(), BenchmarkVerbs.Ours() };
return await root.Parse(args).InvokeAsync();
