using System.Collections.Immutable;

namespace Distributed.Benchmarks.Throughput;

/// <summary>What is trained on what. All cases are float32.</summary>
/// <param name="Name">Name on the command line and in the table.</param>
/// <param name="IsMainJob">The job of jobs/wordnet.yaml; otherwise MiniLM's shape on 64 pairs a step.</param>
/// <param name="Tokens">MiniLM's shape: tokens of every text; null: texts of data/wordnet with their real lengths.</param>
internal sealed record ThroughputCase(string Name, bool IsMainJob = false, int? Tokens = null)
{
    /// <summary>All cases.</summary>
    public static ImmutableArray<ThroughputCase> All { get; } =
    [
        new("wordnet", IsMainJob: true),
        new("minilm-32", Tokens: 32),
        new("minilm-128", Tokens: 128),
        new("minilm-real"),
    ];
}
