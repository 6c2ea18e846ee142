using System.Collections.Immutable;
using Distributed.Data.Planning;

namespace Distributed.Training.Collectives;

/// <summary>
/// What the ranks of one generation do together. Every rank calls the same operations in the same order with matching arguments;
/// an operation that cannot complete throws <see cref="CollectiveAbortedException"/> on every rank that is still alive, and the generation is over.
/// Not safe for concurrent calls: one operation at a time.
/// </summary>
public interface ICollectives : IAsyncDisposable
{
    /// <summary>This process's place, 0 ≤ rank &lt; <see cref="WorldSize"/>.</summary>
    int Rank { get; }

    /// <summary>Number of processes in the generation.</summary>
    int WorldSize { get; }

    /// <summary>Logical shards of each rank, in rank order: consecutive and complete.</summary>
    ImmutableArray<ShardRun> Runs { get; }

    /// <summary>
    /// Fills <paramref name="buffer"/> on every rank. Rank r has written its own bytes, [offsets[r], offsets[r + 1]), before the call; after it
    /// every rank has all bytes.
    /// </summary>
    /// <param name="buffer">The whole, of the same length on every rank.</param>
    /// <param name="offsets">WorldSize + 1 non-decreasing positions from 0 to the buffer's length, the same on every rank.</param>
    /// <param name="cancellationToken">Ends the wait; the generation is then unusable.</param>
    ValueTask AllGatherAsync(Memory<byte> buffer, ReadOnlyMemory<long> offsets, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the gradients of all logical shards in the fixed order of <see cref="ShardTree"/>, so that the sum has the same bits for every world
    /// size. Each rank brings the partial sums of its run; every rank receives the whole sum.
    /// </summary>
    /// <param name="partials">One buffer per node of <c>ShardTree.Cover(Runs[Rank], shardCount)</c>, in that order, each of the sum's length. May be overwritten.</param>
    /// <param name="sum">Receives the sum. May be the first partial's memory.</param>
    /// <param name="cancellationToken">Ends the wait; the generation is then unusable.</param>
    ValueTask SumShardsAsync(ImmutableArray<Memory<float>> partials, Memory<float> sum, CancellationToken cancellationToken);

    /// <summary>Copies <paramref name="buffer"/> of rank <paramref name="source"/> to every rank.</summary>
    ValueTask BroadcastAsync(Memory<byte> buffer, int source, CancellationToken cancellationToken);

    /// <summary>The same for floats, which may have more than 2 GiB.</summary>
    ValueTask BroadcastAsync(Memory<float> buffer, int source, CancellationToken cancellationToken);

    /// <summary>Returns when every rank has called it.</summary>
    ValueTask BarrierAsync(CancellationToken cancellationToken);
}
