// dotnet run --project tests/Benchmarks -c Release -- throughput
using System.CommandLine;
using Distributed.Benchmarks;

RootCommand root = new("Benchmarks.") { BenchmarkVerbs.Throughput(), BenchmarkVerbs.SideProcess() };
return root.Parse(args).Invoke();
