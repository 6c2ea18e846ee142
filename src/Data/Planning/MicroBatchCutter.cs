using System.Collections.Immutable;

namespace Distributed.Data.Planning;

/// <summary>Cuts the texts of a logical shard into micro-batches of similar length.</summary>
public static class MicroBatchCutter
{
    /// <summary>
    /// Text indices, sorted by length then index, cut wherever the next text would exceed the budget. No micro-batch exceeds it, unless a single
    /// text does by itself. A pure function of lengths and budget.
    /// </summary>
    /// <param name="lengths">Tokens of each text.</param>
    /// <param name="tokenBudget">Most tokens of a micro-batch.</param>
    public static ImmutableArray<ImmutableArray<int>> Cut(ReadOnlySpan<int> lengths, int tokenBudget)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenBudget);
        var order = new int[lengths.Length];
        for (var text = 0; text < order.Length; text++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lengths[text], nameof(lengths));
            order[text] = text;
        }
        lengths.ToArray().AsSpan().Sort(order.AsSpan(), static (a, b) => a.CompareTo(b));
        return CutSorted(SortTies(order, lengths), lengths, tokenBudget);
    }

    private static int[] SortTies(int[] order, ReadOnlySpan<int> lengths)
    {
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && lengths[order[end]] == lengths[order[start]])
                end++;
            order.AsSpan(start, end - start).Sort();
            start = end;
        }
        return order;
    }

    private static ImmutableArray<ImmutableArray<int>> CutSorted(ReadOnlySpan<int> order, ReadOnlySpan<int> lengths, int tokenBudget)
    {
        var microBatches = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var start = 0;
        var tokens = 0L;
        for (var end = 0; end < order.Length; end++)
        {
            var length = lengths[order[end]];
            if (end > start && tokens + length > tokenBudget)
            {
                microBatches.Add([.. order[start..end]]);
                (start, tokens) = (end, 0);
            }
            tokens += length;
        }
        if (start < order.Length)
            microBatches.Add([.. order[start..]]);
        return microBatches.DrainToImmutable();
    }
}
