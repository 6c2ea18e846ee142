using System.Collections.Immutable;
using Distributed.Data.Planning;

namespace Distributed.Training.Losses.Ranking;

/// <summary>
/// How rows and documents are cut into the sides of tiles. The cut depends on the logical shards alone, so that a tile has the same shape, and the same last bits,
/// on every rank. Where shards are large, both sides have the same cut: a tile that scored rows of a rank's own is then the one that its documents' gradient
/// needs. Where they are small, that would be many tiny products: the other side is cut across shards.
/// </summary>
internal sealed class RankingGrid
{
    /// <summary>Rows of the largest shard from which on both sides have the same cut.</summary>
    private const int LargeShard = 128;

    private readonly ImmutableArray<ShardRange> _partners;

    public RankingGrid(EmbeddingBatch batch)
    {
        IsSquare = batch.Shards.Max(shard => shard.Count) >= LargeShard;
        _partners = IsSquare ? [.. batch.Shards.SelectMany(shard => Own(shard))] : Blocks.Of(new(0, batch.Rows));
    }

    /// <summary>Whether both sides of tiles have the same cut.</summary>
    public bool IsSquare { get; }

    /// <summary>The rows of the batch as the side of a tile whose other side is a shard's own.</summary>
    public ImmutableArray<ShardRange> Partners => _partners;

    /// <summary>A shard's rows as the side of a tile.</summary>
    public static ImmutableArray<ShardRange> Own(ShardRange shard) => Blocks.Of(shard);
}
