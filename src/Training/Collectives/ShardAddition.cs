namespace Distributed.Training.Collectives;

/// <summary>One shard's turn in a rank's <see cref="ShardTree.Schedule"/>.</summary>
/// <param name="Shard">Logical shard.</param>
/// <param name="Buffer">Buffer that takes its gradient; 0 is the bottom of the stack.</param>
/// <param name="Merges">How many times, after that, the top buffer is added to the one below it.</param>
public readonly record struct ShardAddition(int Shard, int Buffer, int Merges);
