using System.Collections.Immutable;

namespace Distributed.Data.Sampling;

/// <summary>The batches of one epoch.</summary>
/// <param name="Rows">Row ids, batch after batch; none occurs twice.</param>
/// <param name="Ends">By batch: where it ends in <paramref name="Rows"/>.</param>
internal sealed record EpochOrder(ImmutableArray<int> Rows, ImmutableArray<int> Ends)
{
    /// <summary>Number of batches.</summary>
    public int BatchCount => Ends.Length;

    /// <summary>The rows of one batch.</summary>
    public ImmutableArray<int> Batch(int index)
    {
        var start = index == 0 ? 0 : Ends[index - 1];
        return Rows.Slice(start, Ends[index] - start);
    }

    /// <summary>The batches put together from separate lists of rows.</summary>
    public static EpochOrder Of(IEnumerable<IReadOnlyList<int>> batches)
    {
        var rows = ImmutableArray.CreateBuilder<int>();
        var ends = ImmutableArray.CreateBuilder<int>();
        foreach (var batch in batches)
        {
            rows.AddRange(batch);
            ends.Add(rows.Count);
        }
        return new EpochOrder(rows.DrainToImmutable(), ends.DrainToImmutable());
    }
}
