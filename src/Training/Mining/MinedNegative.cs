namespace Distributed.Training.Mining;

/// <summary>A negative of a query.</summary>
/// <param name="Candidate">Number of the candidate; −1 in a place that was not filled.</param>
/// <param name="Score">Its similarity to the query.</param>
public readonly record struct MinedNegative(int Candidate, float Score);
