namespace Distributed.Cli.Status;

/// <summary>Retrieval scores of the model after <paramref name="Step"/> steps.</summary>
internal sealed record EvaluationScores(long Step, double NdcgAt10, double MrrAt10, double RecallAt1, double RecallAt10);
