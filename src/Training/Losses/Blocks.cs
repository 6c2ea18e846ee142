using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>Rows cut into the sides of tiles. The cut depends on the rows alone, so a tile's shape, and with it its last bits, is the same on every rank.</summary>
internal static class Blocks
{
    /// <summary>Most rows or columns of a tile: a tile of float32 is 4 MB at most.</summary>
    public const int Size = 1024;

    private const int SmallSize = 64;

    /// <summary>Consecutive blocks of at most <see cref="Size"/> rows.</summary>
    public static ImmutableArray<ShardRange> Of(ShardRange rows) => Of(rows, Size);

    /// <summary>Consecutive runs of at most so many whole blocks.</summary>
    public static ImmutableArray<ShardRange> Groups(ShardRange rows, int blocks) => Of(rows, blocks * Size);

    /// <summary>
    /// Consecutive blocks of few rows, for work on each row alone whose operators make tensors as large as the rows: small ones leave the heap as it was.
    /// </summary>
    public static ImmutableArray<ShardRange> Small(ShardRange rows) => Of(rows, SmallSize);

    /// <summary>The same of all rows of a matrix.</summary>
    public static ImmutableArray<ShardRange> OfSmall(Tensor rows) => Small(new ShardRange(0, (int)rows.size(0)));

    /// <summary>Writes what is made of few rows at a time into the same rows of <paramref name="result"/>, which it returns.</summary>
    public static Tensor Fill(Tensor result, Tensor rows, Func<Tensor, Tensor> make)
    {
        foreach (var few in OfSmall(rows))
        {
            using var scope = NewDisposeScope();
            result.narrow(0, few.Start, few.Count).copy_(make(rows.narrow(0, few.Start, few.Count)));
        }

        return result;
    }

    private static ImmutableArray<ShardRange> Of(ShardRange rows, int size)
    {
        var blocks = ImmutableArray.CreateBuilder<ShardRange>();
        for (var start = rows.Start; start < rows.End; start += size)
            blocks.Add(new(start, Math.Min(size, rows.End - start)));
        return blocks.ToImmutable();
    }

    /// <summary>A tile [rows, columns] in memory that is larger, as a contiguous view.</summary>
    /// <param name="memory">Contiguous.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="columns">Columns of the tile.</param>
    /// <param name="start">Its first element.</param>
    public static Tensor Tile(Tensor memory, ShardRange rows, ShardRange columns, long start = 0)
    {
        using var flat = memory.view(-1);
        using var part = flat.narrow(0, start, (long)rows.Count * columns.Count);
        return part.view(rows.Count, columns.Count);
    }

    /// <summary>The rows of one block in a tensor of a shard's rows, as a view.</summary>
    public static Tensor Part(Tensor ofShard, ShardRange shard, ShardRange block) => ofShard.narrow(0, block.Start - shard.Start, block.Count);
}
