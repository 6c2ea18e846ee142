using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;

namespace Distributed.Benchmarks.Micro;

/// <summary>The main job's evaluation once its texts are encoded: 2,475 queries × 10,277 entries × 256 dimensions.</summary>
[InProcess]
public class RetrievalBenchmark
{
    private const int Queries = 2475;
    private const int Entries = 10_277;
    private const int Dim = 256;

    private RetrievalSet _set = null!;
    private RetrievalEvaluator _evaluator = null!;

    [GlobalSetup]
    public void Make()
    {
        var (queries, corpus) = (Embeddings(Queries), Embeddings(Entries));
        var entries = Enumerable.Repeat("entry", Entries).ToImmutableArray();
        _set = new RetrievalSet(
            [.. Enumerable.Repeat("query", Queries)], entries, entries, [.. Enumerable.Range(0, Queries).Select(i => ImmutableArray.Create(new RelevantEntry(i, 1)))]);
        _evaluator = new RetrievalEvaluator(
            (_, _) => ValueTask.FromResult(queries), (_, _) => ValueTask.FromResult(corpus), LoopbackCollectives.Create(1, [new ShardRun(0, 1)])[0]);
    }

    [Benchmark]
    public async Task<RetrievalScores> Score() => await _evaluator.EvaluateAsync(_set, CancellationToken.None);

    private static EmbeddingMatrix Embeddings(int count)
    {
        var random = new Random(count);
        return new EmbeddingMatrix([.. Enumerable.Range(0, count * Dim).Select(_ => random.NextSingle() - 0.5f)], Dim);
    }
}
