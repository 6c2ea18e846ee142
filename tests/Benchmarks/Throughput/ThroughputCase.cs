using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Benchmarks.Throughput;

/// <summary>What is trained on what.</summary>
/// <param name="Name">Name on the command line and in the table.</param>
/// <param name="IsMainJob">The job of jobs/wordnet.yaml; otherwise MiniLM's shape on 64 pairs a step.</param>
/// <param name="Tokens">MiniLM's shape: tokens of every text; null: texts of data/wordnet with their real lengths.</param>
/// <param name="Precision">Number format of the matrix products; the peer's whole model has it, because TorchSharp has no autocast.</param>
internal sealed record ThroughputCase(string Name, bool IsMainJob = false, int? Tokens = null, Precision Precision = Precision.Float32)
{
    /// <summary>All cases.</summary>
    public static ImmutableArray<ThroughputCase> All { get; } = [new("wordnet", IsMainJob: true), .. MiniLm("", Precision.Float32), .. MiniLm("-bf16", Precision.BFloat16)];

    /// <summary>The cases of MiniLM's shape.</summary>
    public static ImmutableArray<ThroughputCase> AllMiniLm { get; } = [.. All.Where(benchmark => !benchmark.IsMainJob)];

    private static ImmutableArray<ThroughputCase> MiniLm(string suffix, Precision precision) =>
    [
        new($"minilm-32{suffix}", Tokens: 32, Precision: precision),
        new($"minilm-128{suffix}", Tokens: 128, Precision: precision),
        new($"minilm-real{suffix}", Precision: precision),
    ];
}
