namespace Distributed.Worker.Runs;

/// <summary>Scores of the held-out queries at one point of the run.</summary>
/// <param name="StepsDecided">Steps that the scored model includes.</param>
/// <param name="Metrics">By name: ndcg@10, mrr@10, recall@1, recall@10.</param>
internal sealed record EvaluationScores(long StepsDecided, IReadOnlyDictionary<string, double> Metrics);
