namespace Distributed.Data.Sampling;

/// <summary>
/// Puts items with keys into batches so that no key occurs twice in one: each item goes, in the order given, into the first batch that is not
/// full and lies behind every batch that holds one of its keys. Linear time: only the last batch of each key is remembered, and full batches
/// are jumped over by a union-find.
/// </summary>
internal static class FirstFit
{
    /// <summary>The batches, each the list of its items in the order in which they came.</summary>
    /// <param name="order">Items in the order in which they are placed.</param>
    /// <param name="keysOf">Keys of an item, each from 0 to below <paramref name="keyCount"/>; one that occurs twice counts once.</param>
    /// <param name="keyCount">Number of different keys.</param>
    /// <param name="capacity">Most items in a batch.</param>
    public static List<List<int>> Pack(ReadOnlySpan<int> order, Func<int, ReadOnlyMemory<int>> keysOf, int keyCount, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        var batches = new List<List<int>>();
        var openFrom = new List<int>();            // by batch: itself while it is open, else a later batch
        var firstAllowed = new int[keyCount];      // by key: first batch behind all that hold it
        foreach (var item in order)
        {
            var keys = keysOf(item).Span;
            var start = 0;
            foreach (var key in keys)
                start = Math.Max(start, firstAllowed[key]);

            var batch = FirstOpen(openFrom, start);
            while (batches.Count <= batch)
            {
                openFrom.Add(batches.Count);
                batches.Add([]);
            }
            batches[batch].Add(item);
            if (batches[batch].Count == capacity)
                openFrom[batch] = batch + 1;
            foreach (var key in keys)
                firstAllowed[key] = batch + 1;
        }
        return batches;
    }

    private static int FirstOpen(List<int> openFrom, int batch)
    {
        while (batch < openFrom.Count && openFrom[batch] != batch)
        {
            var next = openFrom[batch];
            if (next < openFrom.Count)
                openFrom[batch] = openFrom[next];   // path halving
            batch = next;
        }
        return batch;
    }
}
