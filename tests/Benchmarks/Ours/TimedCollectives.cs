using System.Collections.Immutable;
using System.Diagnostics;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;

namespace Distributed.Benchmarks.Ours;

/// <summary>Meets the other ranks before each operation, so that the time spent waiting for them is known apart from the operation's own.</summary>
internal sealed class TimedCollectives(ICollectives inner) : ICollectives
{
    /// <summary>Seconds waited before gathers since <see cref="Reset"/>.</summary>
    public double GatherWait { get; private set; }

    /// <summary>Seconds waited before sums since <see cref="Reset"/>.</summary>
    public double ReduceWait { get; private set; }

    public int Rank => inner.Rank;

    public int WorldSize => inner.WorldSize;

    public ImmutableArray<ShardRun> Runs => inner.Runs;

    /// <summary>Starts a new step.</summary>
    public void Reset() => (GatherWait, ReduceWait) = (0, 0);

    public async ValueTask AllGatherAsync(Memory<byte> buffer, ReadOnlyMemory<long> offsets, CancellationToken cancellationToken)
    {
        GatherWait += await MeetAsync(cancellationToken);
        await inner.AllGatherAsync(buffer, offsets, cancellationToken);
    }

    public async ValueTask SumShardsAsync(ImmutableArray<Memory<float>> partials, Memory<float> sum, CancellationToken cancellationToken)
    {
        ReduceWait += await MeetAsync(cancellationToken);
        await inner.SumShardsAsync(partials, sum, cancellationToken);
    }

    public ValueTask BroadcastAsync(Memory<byte> buffer, int source, CancellationToken cancellationToken) => inner.BroadcastAsync(buffer, source, cancellationToken);

    public ValueTask BroadcastAsync(Memory<float> buffer, int source, CancellationToken cancellationToken) => inner.BroadcastAsync(buffer, source, cancellationToken);

    public ValueTask BarrierAsync(CancellationToken cancellationToken) => inner.BarrierAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<double> MeetAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await inner.BarrierAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
