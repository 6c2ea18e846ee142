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

    /// <summary>Components of an embedding.</summary>
    public int Dim { get; init; } = 7;

    /// <summary>What the embeddings have in common.</summary>
    public EmbeddingKind Kind { get; init; }

    public static Arbitrary<RandomBatch> Any(int mostColumns) => (
        from seed in Gen.Choose(0, 1_000_000)
        from rows in Gen.Choose(1, 40)
        from shards in Gen.Choose(1, 8)
        from columns in Gen.Choose(Math.Min(2, mostColumns), mostColumns)
        from labels in Gen.Choose(1, 5)
        from kind in Gen.Frequency((9, Gen.Constant(EmbeddingKind.Mixed)), (1, Gen.Constant(EmbeddingKind.Equal)))
        select new RandomBatch(seed, rows, shards, columns, labels) { Kind = kind }).ToArbitrary();

    public EmbeddingBatch Build(ScalarType dtype)
    {
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

    private void Fill(Random random, double[][,] columns, ulong[][] hashes, int column, int row)
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
        for (var i = 0; i < Dim; i++)
        {
            columns[column][row, i] = (Kind, kind) switch
            {
                (EmbeddingKind.Equal, _) when (column, row) != (0, 0) => columns[0][0, i],
                (EmbeddingKind.NearlyEqual, _) when (column, row) != (0, 0) => columns[0][0, i] + (1e-5 * Component()),
                (EmbeddingKind.Zero, _) or (EmbeddingKind.Mixed, 0 or 2) => 0,
                (EmbeddingKind.Mixed, 1) => columns[fromColumn][fromRow, i],
                (EmbeddingKind.Repeated, < 6) when (fromColumn, fromRow) != (column, row) => columns[fromColumn][fromRow, i],
                _ => Component(),
            };
        }

        double Component() => (random.NextDouble() - 0.5) * 4;
    }
}

/// <summary>What a batch's embeddings have in common.</summary>
internal enum EmbeddingKind
{
    /// <summary>Most are random, some repeat others, some are zero.</summary>
    Mixed,

    /// <summary>All are random.</summary>
    Random,

    /// <summary>Most repeat others.</summary>
    Repeated,

    /// <summary>All are the same, and not zero.</summary>
    Equal,

    /// <summary>All are zero.</summary>
    Zero,

    /// <summary>All are the same but for a hundred-thousandth.</summary>
    NearlyEqual,
}
