using System.Collections.Immutable;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>A text of a batch: where its embedding stands.</summary>
internal readonly record struct TextPlace(int Column, int Row);

/// <summary>The texts of a batch that a measurement is over.</summary>
internal static class WatchedTexts
{
    /// <summary>
    /// Distinct texts of the batch by column, then row; evenly spaced ones where there are more than <paramref name="most"/>. A text that occurs twice counts
    /// once: its two embeddings being close says nothing of the space.
    /// </summary>
    public static ImmutableArray<TextPlace> Choose(EmbeddingBatch batch, int most)
    {
        var known = new HashSet<ulong>();
        var places = new List<TextPlace>();
        for (var column = 0; column < batch.Columns.Length; column++)
            for (var row = 0; row < batch.Rows; row++)
                if (batch.TextHashes[column][row] is not 0 and var hash && known.Add(hash))
                    places.Add(new(column, row));
        return EvenlySpaced(places, most);
    }

    /// <summary>At most <paramref name="most"/> of <paramref name="all"/>, in their order.</summary>
    public static ImmutableArray<T> EvenlySpaced<T>(List<T> all, int most) =>
        all.Count <= most ? [.. all] : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];

    /// <summary>Embeddings at <paramref name="places"/>, in double precision, [places, dim].</summary>
    public static Tensor Gather(EmbeddingBatch batch, IReadOnlyList<TextPlace> places)
    {
        using var scope = NewDisposeScope();
        var gathered = empty([places.Count, batch.Columns[0].size(1)], float64, batch.Columns[0].device);
        foreach (var few in Blocks.OfSmall(gathered))
            for (var column = 0; column < batch.Columns.Length; column++)
                Copy(batch.Columns[column], [.. Enumerable.Range(few.Start, few.Count).Where(i => places[i].Column == column)], places, gathered);

        return gathered.MoveToOuterDisposeScope();
    }

    private static void Copy(Tensor column, IReadOnlyList<int> which, IReadOnlyList<TextPlace> places, Tensor gathered)
    {
        using var scope = NewDisposeScope();
        var rows = column.index_select(0, tensor(which.Select(i => (long)places[i].Row).ToArray(), device: gathered.device));
        gathered.index_copy_(0, tensor(which.Select(i => (long)i).ToArray(), device: gathered.device), rows.to(float64));
    }
}
