namespace Distributed.Training.Mining;

/// <summary>A pair of a <see cref="MiningSet"/>.</summary>
/// <param name="Query">Number of the query.</param>
/// <param name="Positive">Number of the candidate that answers it.</param>
public readonly record struct MiningRow(int Query, int Positive);
