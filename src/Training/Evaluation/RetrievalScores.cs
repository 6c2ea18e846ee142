namespace Distributed.Training.Evaluation;

/// <summary>How well a model finds what belongs to a query, each between 0 and 1, mean over the queries.</summary>
/// <param name="NdcgAt10">Normalised discounted cumulative gain of the first ten entries (Järvelin and Kekäläinen 2002), linear gain.</param>
/// <param name="MrrAt10">1 / rank of the first relevant entry, 0 where none is among the first ten.</param>
/// <param name="RecallAt1">Share of the relevant entries that is found at rank 1.</param>
/// <param name="RecallAt10">Share of the relevant entries that is among the first ten.</param>
public readonly record struct RetrievalScores(double NdcgAt10, double MrrAt10, double RecallAt1, double RecallAt10);
