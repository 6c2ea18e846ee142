using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Distributed.Data.Planning;

namespace Distributed.Training.Collectives;

/// <summary>
/// The fixed binary tree over the V logical shards in which their gradients are added: a node of n shards is the sum of its first
/// 2^k shards, the largest power of two below n, and of the rest. Floating-point addition is not associative; because the tree depends on V alone,
/// the sum has the same bits for every world size and every way of dealing the shards.
/// </summary>
public static class ShardTree
{
    private const int TileLength = 4096; // two tiles stay in the first-level cache while a slice is added up

    /// <summary>The largest nodes of the tree that lie inside <paramref name="run"/>, in order. A rank brings one partial sum for each.</summary>
    /// <param name="run">Consecutive shards of one rank.</param>
    /// <param name="shardCount">V, all shards of the batch.</param>
    public static ImmutableArray<ShardRange> Cover(ShardRun run, int shardCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(run.First);
        ArgumentOutOfRangeException.ThrowIfNegative(run.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(run.End, shardCount);

        var nodes = ImmutableArray.CreateBuilder<ShardRange>();
        Collect(new(0, shardCount));
        return nodes.ToImmutable();

        void Collect(ShardRange node)
        {
            if (node.End <= run.First || node.Start >= run.End)
                return;
            if (node.Start >= run.First && node.End <= run.End)
            {
                nodes.Add(node);
                return;
            }

            var (left, right) = Split(node);
            Collect(left);
            Collect(right);
        }
    }

    /// <summary>
    /// How one rank adds the gradients of its run as it computes them, shard after shard, with few buffers: a stack. Each shard's gradient goes to
    /// <see cref="ShardAddition.Buffer"/>; then, <see cref="ShardAddition.Merges"/> times, the top buffer is added to the one below it and freed.
    /// At the end buffers 0, 1, … hold the nodes of <see cref="Cover"/>.
    /// </summary>
    /// <param name="run">Consecutive shards of one rank.</param>
    /// <param name="shardCount">V, all shards of the batch.</param>
    public static ImmutableArray<ShardAddition> Schedule(ShardRun run, int shardCount)
    {
        var schedule = ImmutableArray.CreateBuilder<ShardAddition>(run.Count);
        var depth = 0;
        foreach (var node in Cover(run, shardCount))
            Visit(node);
        return schedule.ToImmutable();

        void Visit(ShardRange node)
        {
            if (node.Count == 1)
            {
                schedule.Add(new(node.Start, depth++, Merges: 0));
                return;
            }

            var (left, right) = Split(node);
            Visit(left);
            Visit(right);
            schedule[^1] = schedule[^1] with { Merges = schedule[^1].Merges + 1 };
            depth--;
        }
    }

    /// <summary>Adds partial sums up to the whole, in the tree's order.</summary>
    /// <param name="nodes">What the partials are the sums of: nodes of the tree, in order, together all <paramref name="shardCount"/> shards.</param>
    /// <param name="partials">One buffer a node, all of the sum's length. Overwritten.</param>
    /// <param name="shardCount">V, all shards of the batch.</param>
    /// <param name="sum">Receives the sum. May be the first partial's memory.</param>
    public static void Sum(ImmutableArray<ShardRange> nodes, ImmutableArray<Memory<float>> partials, int shardCount, Span<float> sum)
    {
        foreach (var partial in partials)
            ArgumentOutOfRangeException.ThrowIfNotEqual(partial.Length, sum.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(partials.Length, nodes.Length);

        var additions = Additions(nodes, shardCount);
        for (var start = 0; start < sum.Length; start += TileLength)
        {
            var length = Math.Min(TileLength, sum.Length - start);
            foreach (var (into, from) in additions)
                Add(partials[into].Span.Slice(start, length), partials[from].Span.Slice(start, length));
            partials[0].Span.Slice(start, length).CopyTo(sum[start..]);
        }
    }

    /// <summary>The additions that make the whole out of partial sums, as pairs of positions in <paramref name="nodes"/>; the result is at position 0.</summary>
    /// <param name="nodes">Nodes of the tree, in order, together all <paramref name="shardCount"/> shards.</param>
    /// <param name="shardCount">V, all shards of the batch.</param>
    /// <exception cref="ArgumentException"><paramref name="nodes"/> are not such nodes.</exception>
    public static ImmutableArray<(int Into, int From)> Additions(ImmutableArray<ShardRange> nodes, int shardCount)
    {
        var additions = ImmutableArray.CreateBuilder<(int, int)>();
        var next = 0;
        Visit(new(0, shardCount));
        return next == nodes.Length ? additions.ToImmutable() : throw NotACover();

        int Visit(ShardRange node)
        {
            if (next < nodes.Length && nodes[next] == node)
                return next++;
            if (node.Count <= 1)
                throw NotACover();

            var (left, right) = Split(node);
            var into = Visit(left);
            additions.Add((into, Visit(right)));
            return into;
        }

        ArgumentException NotACover() => new($"The {nodes.Length} nodes do not make up the tree of {shardCount} shards.", nameof(nodes));
    }

    /// <summary>Adds <paramref name="from"/> to <paramref name="into"/>, element by element.</summary>
    public static void Add(Span<float> into, ReadOnlySpan<float> from)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(from.Length, into.Length);

        var wide = MemoryMarshal.Cast<float, Vector<float>>(into);
        var wideFrom = MemoryMarshal.Cast<float, Vector<float>>(from);
        for (var i = 0; i < wide.Length; i++)
            wide[i] += wideFrom[i];
        for (var i = wide.Length * Vector<float>.Count; i < into.Length; i++)
            into[i] += from[i];
    }

    private static (ShardRange Left, ShardRange Right) Split(ShardRange node)
    {
        var left = (int)(BitOperations.RoundUpToPowerOf2((uint)node.Count) / 2);
        return (new(node.Start, left), new(node.Start + left, node.Count - left));
    }
}
