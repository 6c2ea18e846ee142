using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;

namespace Distributed.Training.Tests.Steps;

/// <summary>Collectives that note each operation a rank calls.</summary>
internal sealed class CountedCollectives(ICollectives inner) : ICollectives
{
    /// <summary>Names of the operations, in the order of the calls.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Elements of each sum over shards, in the order of the calls.</summary>
    public List<long> SumLengths { get; } = [];

    public int Rank => inner.Rank;

    public int WorldSize => inner.WorldSize;

    public ImmutableArray<ShardRun> Runs => inner.Runs;

    public ValueTask AllGatherAsync(Memory<byte> buffer, ReadOnlyMemory<long> offsets, CancellationToken cancellationToken)
    {
        Calls.Add("all-gather");
        return inner.AllGatherAsync(buffer, offsets, cancellationToken);
    }

    public ValueTask SumShardsAsync(ImmutableArray<Memory<float>> partials, Memory<float> sum, CancellationToken cancellationToken)
    {
        Calls.Add("sum");
        SumLengths.Add(sum.Length);
        return inner.SumShardsAsync(partials, sum, cancellationToken);
    }

    public ValueTask BroadcastAsync(Memory<byte> buffer, int source, CancellationToken cancellationToken)
    {
        Calls.Add("broadcast");
        return inner.BroadcastAsync(buffer, source, cancellationToken);
    }

    public ValueTask BroadcastAsync(Memory<float> buffer, int source, CancellationToken cancellationToken)
    {
        Calls.Add("broadcast");
        return inner.BroadcastAsync(buffer, source, cancellationToken);
    }

    public ValueTask BarrierAsync(CancellationToken cancellationToken)
    {
        Calls.Add("barrier");
        return inner.BarrierAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
