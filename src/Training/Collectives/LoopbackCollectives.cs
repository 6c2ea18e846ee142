using System.Collections.Immutable;
using Distributed.Data.Planning;

namespace Distributed.Training.Collectives;

/// <summary>
/// All ranks of a generation in one process: what runs of one worker use, and tests of many. Each rank has its own instance and may run on its own
/// thread. The rank that arrives last does the work for all; nobody spins. A rank that is cancelled or disposed while others wait aborts them.
/// </summary>
public sealed class LoopbackCollectives : ICollectives
{
    private readonly LoopbackWorld _world;

    private LoopbackCollectives(LoopbackWorld world, int rank, ImmutableArray<ShardRun> runs)
    {
        _world = world;
        Rank = rank;
        Runs = runs;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int WorldSize => Runs.Length;

    /// <inheritdoc/>
    public ImmutableArray<ShardRun> Runs { get; }

    private int ShardCount => Runs[^1].End;

    /// <summary>The ranks of a new generation, in rank order.</summary>
    /// <param name="worldSize">Number of ranks, at least 1.</param>
    /// <param name="runs">Logical shards of each rank: consecutive and complete.</param>
    public static ImmutableArray<ICollectives> Create(int worldSize, ImmutableArray<ShardRun> runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(runs.Length, worldSize);
        var end = 0;
        foreach (var run in runs)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(run.First, end);
            end = run.End;
        }

        var world = new LoopbackWorld(worldSize);
        return [.. Enumerable.Range(0, worldSize).Select(ICollectives (rank) => new LoopbackCollectives(world, rank, runs))];
    }

    /// <inheritdoc/>
    public ValueTask AllGatherAsync(Memory<byte> buffer, ReadOnlyMemory<long> offsets, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offsets.Length, WorldSize + 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offsets.Span[^1], buffer.Length);
        return _world.MeetAsync(Rank, "all-gather", buffer, Gather, cancellationToken);

        void Gather(ImmutableArray<Memory<byte>> buffers)
        {
            for (var source = 0; source < WorldSize; source++)
                CopyToOthers(buffers, source, (int)offsets.Span[source], (int)offsets.Span[source + 1]);
        }
    }

    /// <inheritdoc/>
    public ValueTask SumShardsAsync(ImmutableArray<Memory<float>> partials, Memory<float> sum, CancellationToken cancellationToken)
    {
        return _world.MeetAsync(Rank, "sum of shards", (Partials: partials, Sum: sum), Add, cancellationToken);

        void Add(ImmutableArray<(ImmutableArray<Memory<float>> Partials, Memory<float> Sum)> ranks)
        {
            var shards = Runs[^1].End;
            ShardTree.Sum(
                [.. Runs.SelectMany(run => ShardTree.Cover(run, shards))], [.. ranks.SelectMany(rank => rank.Partials)], shards, ranks[0].Sum.Span);
            foreach (var rank in ranks[1..])
                ranks[0].Sum.CopyTo(rank.Sum);
        }
    }

    /// <inheritdoc/>
    public ValueTask BroadcastAsync(Memory<byte> buffer, int source, CancellationToken cancellationToken) => CopyAsync(buffer, source, cancellationToken);

    /// <inheritdoc/>
    public ValueTask BroadcastAsync(Memory<float> buffer, int source, CancellationToken cancellationToken) => CopyAsync(buffer, source, cancellationToken);

    /// <inheritdoc/>
    public ValueTask BarrierAsync(CancellationToken cancellationToken) => _world.MeetAsync(Rank, "barrier", 0, _ => { }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _world.Abort(Rank, $"rank {Rank} has left", null);
        return ValueTask.CompletedTask;
    }

    private ValueTask CopyAsync<T>(Memory<T> buffer, int source, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, WorldSize);
        return _world.MeetAsync(
            Rank, $"broadcast from rank {source}", buffer, buffers => CopyToOthers(buffers, source, 0, buffers[source].Length), cancellationToken);
    }

    private static void CopyToOthers<T>(ImmutableArray<Memory<T>> buffers, int source, int start, int end)
    {
        foreach (var buffer in buffers)
            ArgumentOutOfRangeException.ThrowIfNotEqual(buffer.Length, buffers[source].Length);
        for (var rank = 0; rank < buffers.Length; rank++)
            if (rank != source)
                buffers[source][start..end].CopyTo(buffers[rank][start..end]);
    }
}
