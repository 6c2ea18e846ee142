namespace Distributed.Data.Planning;

/// <summary>Consecutive logical shards that one rank holds in a generation.</summary>
/// <param name="First">First shard.</param>
/// <param name="Count">Number of shards; at least 1 in a formed generation.</param>
public readonly record struct ShardRun(int First, int Count)
{
    /// <summary>First shard after the run.</summary>
    public int End => First + Count;
}
