using Distributed.Jobs;

namespace Distributed.Worker.Verbs;

/// <summary>What `evaluate` is asked for.</summary>
/// <param name="Model">Folder of the model.</param>
/// <param name="Files">Queries, corpus and relevance.</param>
/// <param name="Json">Whether JSON is printed instead of a table.</param>
/// <param name="Threads">Threads of matrix products.</param>
/// <param name="TokensPerMicroBatch">Most tokens that go through the encoder together.</param>
internal sealed record EvaluateArguments(string Model, EvaluationOptions Files, bool Json, int Threads, int TokensPerMicroBatch);
