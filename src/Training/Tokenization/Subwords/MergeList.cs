namespace Distributed.Training.Tokenization.Subwords;

/// <summary>Merges the symbols of a word: always the pair of the lowest rank, of equal ones the leftmost.</summary>
internal static class MergeList
{
    /// <summary>Longest word whose pairs are all looked at for every merge; that is faster than a heap for words, and quadratic for long ones.</summary>
    public const int Short = 64;

    /// <summary>Merges in place. Returns how many symbols are left.</summary>
    public static int Apply(MergeTable merges, Span<int> symbols)
        => symbols.Length <= Short ? ApplyShort(merges, symbols) : ApplyLong(merges, symbols);

    /// <summary>The same for words of up to <see cref="Short"/> symbols.</summary>
    public static int ApplyShort(MergeTable merges, Span<int> symbols)
    {
        Span<Merge> pairs = stackalloc Merge[Short]; // of symbols i and i + 1
        var none = new Merge(int.MaxValue, -1);
        var count = symbols.Length;
        for (var i = 0; i + 1 < count; i++)
            pairs[i] = merges.TryFind(symbols[i], symbols[i + 1], out var merge) ? merge : none;
        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i < count - 1; i++)
            {
                if (pairs[i].Rank < pairs[best].Rank)
                    best = i;
            }

            if (pairs[best].Rank == int.MaxValue)
                break;
            symbols[best] = pairs[best].Id;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0)
                pairs[best - 1] = merges.TryFind(symbols[best - 1], symbols[best], out var merge) ? merge : none;
            if (best + 1 < count)
                pairs[best] = merges.TryFind(symbols[best], symbols[best + 1], out var merge) ? merge : none;
        }

        return count;
    }

    /// <summary>The same for words of any length, with a heap of the pairs: n log n.</summary>
    public static int ApplyLong(MergeTable merges, Span<int> symbols)
    {
        var next = new int[symbols.Length];
        var previous = new int[symbols.Length];
        var queue = new PriorityQueue<int, ulong>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            if (i + 1 < symbols.Length)
                Enqueue(merges, symbols, i, i + 1, queue);
        }

        while (queue.TryDequeue(out var id, out var priority))
        {
            var left = (int)(uint)priority;
            var right = symbols[left] < 0 ? symbols.Length : next[left];
            if (right == symbols.Length || !merges.TryFind(symbols[left], symbols[right], out var merge) || merge.Id != id)
                continue;
            (symbols[left], symbols[right], next[left]) = (id, -1, next[right]);
            if (next[left] < symbols.Length)
            {
                previous[next[left]] = left;
                Enqueue(merges, symbols, left, next[left], queue);
            }

            if (previous[left] >= 0)
                Enqueue(merges, symbols, previous[left], left, queue);
        }

        var count = 0;
        for (var i = 0; i < symbols.Length; i = next[i])
            symbols[count++] = symbols[i];
        return count;
    }

    private static void Enqueue(MergeTable merges, ReadOnlySpan<int> symbols, int left, int right, PriorityQueue<int, ulong> queue)
    {
        if (merges.TryFind(symbols[left], symbols[right], out var merge))
            queue.Enqueue(merge.Id, ((ulong)(uint)merge.Rank << 32) | (uint)left);
    }
}
