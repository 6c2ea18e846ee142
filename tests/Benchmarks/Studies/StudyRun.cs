namespace Distributed.Benchmarks.Studies;

/// <summary>One training run of a study.</summary>
/// <param name="BatchRows">Rows of the global batch.</param>
/// <param name="LearningRate">Highest learning rate.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Ndcg">nDCG@10 after the last.</param>
internal sealed record StudyRun(int BatchRows, double LearningRate, long Steps, double Ndcg);
