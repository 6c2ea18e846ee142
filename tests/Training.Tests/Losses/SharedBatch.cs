using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>A batch of any shape for a loss, cut into shards anyhow, which are dealt to ranks anyhow.</summary>
/// <param name="Drawn">Its rows, those of the memory behind them.</param>
/// <param name="Shape">What the loss finds in it.</param>
/// <param name="ShardRows">Rows of each shard, some of them 0.</param>
/// <param name="ShardsPerRank">At least one each; a rank may yet have no row.</param>
/// <param name="MemoryRows">Rows of the memory; 0: there is none.</param>
/// <param name="Classes">What the rows' classes, or scores, have in common.</param>
/// <param name="Dtype">Float32 or float64.</param>
internal sealed record SharedBatch(
    RandomBatch Drawn, BatchShape Shape, ImmutableArray<int> ShardRows, ImmutableArray<int> ShardsPerRank, int MemoryRows, ClassKind Classes, ScalarType Dtype)
{
    private const int MostRows = 40;
    private const int FurtherShards = 5;
    private const int GuideDim = 5;

    /// <summary>Rows of the batch.</summary>
    public int Rows => ShardRows.Sum();

    /// <summary>The shards of each rank.</summary>
    public ImmutableArray<ShardRun> Runs => [.. ShardsPerRank.Select((count, rank) => new ShardRun(ShardsPerRank[..rank].Sum(), count))];

    /// <summary>One for a loss over so many ranks.</summary>
    public static Arbitrary<SharedBatch> Any(LossOptions loss, int ranks)
    {
        var shape = BatchShape.Of(loss);
        return Any(shape, loss.Input is LossInput.Pairs ? 2 : shape.Columns, ranks).ToArbitrary();
    }

    private static Gen<SharedBatch> Any(BatchShape shape, int fewestColumns, int ranks) =>
        from seed in Gen.Choose(0, 1_000_000)
        from rows in Gen.Frequency((1, Gen.Constant(1)), (1, Gen.Choose(2, 8)), (3, Gen.Choose(9, MostRows)))
        from shards in Gen.Choose(ranks, ranks + FurtherShards)
        from cuts in Gen.Choose(0, rows).ArrayOf(shards - 1)
        from deals in Gen.Shuffle(Enumerable.Range(1, shards - 1))
        from memory in shape.HasMemory ? Gen.Elements(0, 1, 9) : Gen.Constant(0)
        from columns in Gen.Choose(fewestColumns, shape.Columns)
        from classes in Gen.Elements(Enum.GetValues<ClassKind>())
        from kind in Gen.Elements(Enum.GetValues<EmbeddingKind>())
        from dtype in Gen.Elements(float32, float64)
        select new SharedBatch(
            new RandomBatch(seed, rows + memory, Shards: 1, columns, Labels: 3) { Dim = shape.Dim, Scores = shape.Scores, Kind = kind },
            shape, Sizes(cuts, rows), Sizes([.. deals.Take(ranks - 1)], shards), memory, classes, dtype);

    public EmbeddingBatch Build()
    {
        var whole = Drawn.Build(Dtype);
        var labels = Labels(whole.Labels);
        return whole with
        {
            Columns = [.. whole.Columns.Select(column => column.narrow(0, 0, Rows).clone())],
            TextHashes = [.. whole.TextHashes.Select(hashes => hashes[..Rows])],
            Labels = labels[..Rows],
            Scores = Scores(whole.Scores),
            Guides = Shape.HasGuides ? [.. (Drawn with { Seed = Drawn.Seed + 1, Dim = GuideDim }).Build(Dtype).Columns.Select(column => column.narrow(0, 0, Rows).clone())] : [],
            Memory = MemoryRows == 0 ? null : new EmbeddingMemory
            {
                Columns = [.. whole.Columns.Select(column => column.narrow(0, Rows, MemoryRows).clone())],
                TextHashes = [.. whole.TextHashes.Select(hashes => hashes[Rows..])],
                Labels = labels[Rows..],
            },
            Shards = [.. ShardRows.Select((count, shard) => new ShardRange(ShardRows[..shard].Sum(), count))],
        };
    }

    // From the bounds between parts to the parts' sizes.
    private static ImmutableArray<int> Sizes(int[] bounds, int total)
    {
        int[] all = [0, .. bounds.Order(), total];
        return [.. all.Zip(all.Skip(1), (start, end) => end - start)];
    }

    private ImmutableArray<int> Labels(ImmutableArray<int> drawn) => Classes switch
    {
        ClassKind.One => [.. drawn.Select(_ => 2)],
        ClassKind.Distinct => [.. Enumerable.Range(0, drawn.Length)],
        _ => drawn,
    };

    private ImmutableArray<float> Scores(ImmutableArray<float> drawn) => drawn.IsEmpty ? [] : Classes switch
    {
        ClassKind.One => [.. Enumerable.Repeat(drawn[0], Rows)],
        ClassKind.Distinct when Shape.Scores.Length > 2 => [.. Enumerable.Range(0, Rows).Select(row => row / (float)MostRows)],
        _ => drawn[..Rows],
    };
}

/// <summary>What the classes, or scores, of a batch's rows have in common.</summary>
internal enum ClassKind
{
    /// <summary>There are few.</summary>
    Few,

    /// <summary>All rows have the same.</summary>
    One,

    /// <summary>No two rows have the same.</summary>
    Distinct,
}
