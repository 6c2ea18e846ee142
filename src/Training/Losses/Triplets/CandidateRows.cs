using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>The rows that anchors find their triplets among: those of the batch, then those of the memory, numbered on.</summary>
internal sealed class CandidateRows(EmbeddingBatch batch)
{
    private const int MostInFloat32 = 1 << 24; // row numbers up to here are exact

    /// <summary>Number of rows.</summary>
    public int Count => batch.Rows + (batch.Memory?.Rows ?? 0);

    /// <summary>Class of each row.</summary>
    public ImmutableArray<int> Labels => batch.Memory is { } memory ? batch.Labels.AddRange(memory.Labels) : batch.Labels;

    /// <summary>All rows in blocks, none of them both in the batch and in the memory.</summary>
    public ImmutableArray<ShardRange> Blocks => Losses.Blocks.Of(new(0, batch.Rows)).AddRange(Losses.Blocks.Of(new(batch.Rows, Count - batch.Rows)));

    /// <summary>Whether there is one column of labelled rows, and few enough rows that a statistic can hold their number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is not.</exception>
    public static void Check(EmbeddingBatch batch, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(batch.Columns.Length, 1);
        if (batch.Columns[0].dtype != float64)
            ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MostInFloat32);
    }

    /// <summary>Embeddings of rows that are all in the batch or all in the memory, a view [rows, dim].</summary>
    public Tensor Block(ShardRange rows) => rows.Start < batch.Rows
        ? batch.Columns[0].narrow(0, rows.Start, rows.Count)
        : batch.Memory!.Columns[0].narrow(0, rows.Start - batch.Rows, rows.Count);

    /// <summary>Embeddings of some rows, by number, int64; a new tensor [rows, dim].</summary>
    public Tensor Select(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var selected = batch.Columns[0].index_select(0, rows.clamp_max(batch.Rows - 1));
        if (batch.Memory is { Rows: > 0 } memory)
        {
            var places = (rows >= batch.Rows).nonzero().squeeze(1);
            selected.index_copy_(0, places, memory.Columns[0].index_select(0, rows.index_select(0, places).sub_(batch.Rows)));
        }

        return selected.MoveToOuterDisposeScope();
    }
}
