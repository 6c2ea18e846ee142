using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;

namespace Distributed.Worker.Collectives;

/// <summary>Who brings which nodes of the <see cref="ShardTree"/>: what a sum over the ranks of one generation is made of.</summary>
internal sealed class SumLayout
{
    /// <param name="runs">Logical shards of each rank.</param>
    public SumLayout(ImmutableArray<ShardRun> runs)
    {
        ShardCount = runs[^1].End;
        var covers = runs.Select(run => ShardTree.Cover(run, ShardCount)).ToImmutableArray();
        NodeCounts = [.. covers.Select(cover => cover.Length)];
        Nodes = [.. covers.SelectMany(cover => cover)];
    }

    /// <summary>V, all logical shards.</summary>
    public int ShardCount { get; }

    /// <summary>All ranks' nodes, in the tree's order.</summary>
    public ImmutableArray<ShardRange> Nodes { get; }

    /// <summary>How many of <see cref="Nodes"/> each rank brings, in rank order.</summary>
    public ImmutableArray<int> NodeCounts { get; }

    /// <summary>Number of ranks.</summary>
    public int WorldSize => NodeCounts.Length;
}
