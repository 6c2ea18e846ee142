namespace Distributed.Data.Planning;

/// <summary>The rows of one logical shard: positions in the canonical order of its global batch.</summary>
/// <param name="Start">First row.</param>
/// <param name="Count">Number of rows; 0 in a batch with fewer rows than shards.</param>
public readonly record struct ShardRange(int Start, int Count)
{
    /// <summary>First row after the shard.</summary>
    public int End => Start + Count;
}
