using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>Draws a batch of a kind. The same seed gives the same one.</summary>
internal sealed class DrawnBatch
{
    private const double Spread = 4; // components lie between ±2
    private const int MemoryRows = 5;

    private readonly BatchShape _shape;
    private readonly BatchKind _kind;
    private readonly Random _random;

    private DrawnBatch(BatchShape shape, BatchKind kind, int seed) => (_shape, _kind, _random) = (shape, kind, new Random(seed));

    /// <summary>The batch.</summary>
    /// <param name="shape">What the loss finds in it.</param>
    /// <param name="kind">What is hard about it.</param>
    /// <param name="seed">What it is drawn by.</param>
    /// <param name="dtype">Float32 or float64.</param>
    /// <param name="size">Factor on all embeddings.</param>
    public static EmbeddingBatch Of(BatchShape shape, BatchKind kind, int seed, ScalarType dtype, double size = 1) =>
        new DrawnBatch(shape, kind, seed).Draw(dtype, size);

    private EmbeddingBatch Draw(ScalarType dtype, double size)
    {
        var (columns, hashes) = Columns(_kind.Rows);
        return new EmbeddingBatch
        {
            Columns = [.. columns.Select(values => tensor(values).mul_(size).to(dtype))],
            TextHashes = hashes,
            Labels = [.. Enumerable.Range(0, _kind.Rows).Select(Label)],
            Scores = _shape.Scores.IsEmpty ? [] : [.. Enumerable.Range(0, _kind.Rows).Select(_ => _shape.Scores[_kind.IsOneClass ? 0 : _random.Next(_shape.Scores.Length)])],
            Guides = _shape.HasGuides ? [.. Columns(_kind.Rows).Columns.Select(values => tensor(values).to(dtype))] : [],
            Memory = _shape.HasMemory && _kind.HasMemory ? Memory(dtype, size) : null,
            Shards = [.. Enumerable.Range(0, _kind.Shards).Select(Shard)],
        };
    }

    private EmbeddingMemory Memory(ScalarType dtype, double size)
    {
        var (columns, hashes) = Columns(MemoryRows);
        return new EmbeddingMemory
        {
            Columns = [.. columns.Select(values => tensor(values).mul_(size).to(dtype))],
            TextHashes = hashes,
            Labels = [.. Enumerable.Range(0, MemoryRows).Select(Label)],
        };
    }

    private ShardRange Shard(int shard)
    {
        var start = _kind.Rows * shard / _kind.Shards;
        return new(start, (_kind.Rows * (shard + 1) / _kind.Shards) - start);
    }

    private int Label(int row) => !_shape.HasLabels ? -1 : _kind.IsOneClass ? 0 : _random.Next(3);

    private (ImmutableArray<double[,]> Columns, ImmutableArray<ImmutableArray<ulong>> Hashes) Columns(int rows)
    {
        var columns = Enumerable.Range(0, _shape.Columns).Select(_ => new double[rows, _shape.Dim]).ToImmutableArray();
        var hashes = columns.Select(_ => new ulong[rows]).ToArray();
        for (var column = 0; column < columns.Length; column++)
            for (var row = 0; row < rows; row++)
                hashes[column][row] = Fill(columns, hashes, column, row);
        return (columns, [.. hashes.Select(ImmutableArray.Create)]);
    }

    // Fills a row; returns the hash of its text.
    private ulong Fill(ImmutableArray<double[,]> columns, ulong[][] hashes, int column, int row)
    {
        var (fate, fromColumn, fromRow) = (_kind.IsUntidy ? _random.Next(10) : 9, _random.Next(column + 1), _random.Next(row + 1));
        var isCopy = (fate == 1 && (fromColumn, fromRow) != (column, row)) || (_kind.IsCollapsed && (column, row) != (0, 0));
        if (_kind.IsCollapsed)
            (fromColumn, fromRow) = (0, 0);
        var lacksText = fate == 0 && column > 1 && _shape.MayLackTexts;
        for (var i = 0; i < _shape.Dim; i++)
            columns[column][row, i] = isCopy ? columns[fromColumn][fromRow, i] : fate is 0 or 2 ? 0 : (_random.NextDouble() - 0.5) * Spread;
        return lacksText ? 0 : isCopy && _kind.IsUntidy && hashes[fromColumn][fromRow] != 0 ? hashes[fromColumn][fromRow] : (ulong)_random.NextInt64(1, long.MaxValue);
    }
}
