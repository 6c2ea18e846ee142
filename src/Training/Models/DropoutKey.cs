namespace Distributed.Training.Models;

/// <summary>
/// Names the random numbers of one micro-batch's dropout: the same key gives the same masks on any rank, in any encoding of the micro-batch,
/// first or repeated.
/// </summary>
/// <param name="Seed">The job's seed.</param>
/// <param name="Step">Step of the run.</param>
/// <param name="Shard">Logical shard.</param>
/// <param name="MicroBatch">Micro-batch in its shard.</param>
public readonly record struct DropoutKey(int Seed, long Step, int Shard, int MicroBatch);
