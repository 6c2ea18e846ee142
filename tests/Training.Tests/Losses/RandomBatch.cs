using System.Collections.Immutable;
using Distributed.Testing;
using Distributed.Training.Losses;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

/// <summary>A batch drawn from a seed, with what goes wrong in practice: repeated rows and texts, zero rows, missing negatives, few or single labels.</summary>
internal sealed record RandomBatch(int Seed, int Rows, int Shards, int Columns, int Labels)
{
    /// <summary>Scores that rows can have; empty: none.</summary>
    public ImmutableArray<float> Scores { get; init; } = [];

    public static Arbitrary<RandomBatch> Any(int mostColumns) => (
        from seed in Gen.Choose(0, 1_000_000)
        from rows in Gen.Choose(1, 40)
        from shards in Gen.Choose(1, 8)
        from columns in Gen.Choose(Math.Min(2, mostColumns), mostColumns)
        from labels in Gen.Choose(1, 5)
        select new RandomBatch(seed, rows, shards, columns, labels)).ToArbitrary();

    public EmbeddingBatch Build(ScalarType dtype)
    {
        const int Dim = 7;
        var random = new Random(Seed);
        var columns = Enumerable.Range(0, Columns).Select(_ => new double[Rows, Dim]).ToArray();
        var hashes = columns.Select(_ => new ulong[Rows]).ToArray();
        for (var column = 0; column < Columns; column++)
            for (var row = 0; row < Rows; row++)
                Fill(random, columns, hashes, column, row);
        return new EmbeddingBatch
        {
            Columns = [.. columns.Select(values => tensor(values).to(dtype))],
            TextHashes = [.. hashes.Select(ImmutableArray.Create)],
            Labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Labels))],
            Scores = Scores.IsEmpty ? [] : [.. Enumerable.Range(0, Rows).Select(_ => Scores[random.Next(Scores.Length)])],
            Shards = LossRun.Shards(Rows, Shards),
        };
    }

    private static void Fill(Random random, double[][,] columns, ulong[][] hashes, int column, int row)
    {
        var kind = random.Next(10);
        var (fromColumn, fromRow) = (random.Next(column + 1), random.Next(row + 1));
        hashes[column][row] = kind switch
        {
            0 when column > 1 => 0,
            1 => hashes[fromColumn][fromRow],
            _ => (ulong)random.NextInt64(1, long.MaxValue),
        };
        if (hashes[column][row] == 0 && column <= 1)
            hashes[column][row] = 1;
        for (var i = 0; i < columns[column].GetLength(1); i++)
        {
            columns[column][row, i] = kind switch
            {
                0 or 2 => 0,
                1 => columns[fromColumn][fromRow, i],
                _ => (random.NextDouble() - 0.5) * 4,
            };
        }
    }
}
