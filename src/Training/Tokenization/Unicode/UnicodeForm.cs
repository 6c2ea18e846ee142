namespace Distributed.Training.Tokenization.Unicode;

/// <summary>A Unicode normalisation form (UAX 15).</summary>
/// <param name="Compatibility">Whether compatibility decompositions are taken: NFKD, NFKC.</param>
/// <param name="Composes">Whether the result is composed again: NFC, NFKC.</param>
internal sealed record UnicodeForm(bool Compatibility, bool Composes)
{
    private const int LongRun = 32;

    /// <summary>Canonical decomposition.</summary>
    public static readonly UnicodeForm Decomposed = new(false, false);

    /// <summary>Normalises code points in place. Linear but for the sorting of runs of combining marks.</summary>
    /// <param name="codePoints">The text, and the result.</param>
    /// <param name="spare">Memory; its content is lost.</param>
    public void Apply(List<int> codePoints, List<int> spare)
    {
        spare.Clear();
        foreach (var codePoint in codePoints)
            NormalizationTables.Decompose(codePoint, Compatibility, spare);
        Reorder(spare);
        codePoints.Clear();
        codePoints.AddRange(spare);
        if (Composes)
            Compose(codePoints);
    }

    // Canonical order: runs of marks sorted by combining class, stable.
    private static void Reorder(List<int> codePoints)
    {
        for (var i = 0; i < codePoints.Count; i++)
        {
            var start = i;
            while (i < codePoints.Count && NormalizationTables.CombiningClass(codePoints[i]) > 0)
                i++;
            if (i - start > 1)
                Sort(codePoints, start, i - start);
        }
    }

    private static void Sort(List<int> codePoints, int start, int count)
    {
        if (count > LongRun)
        {
            var sorted = codePoints.GetRange(start, count).OrderBy(NormalizationTables.CombiningClass).ToArray();
            for (var i = 0; i < count; i++)
                codePoints[start + i] = sorted[i];
            return;
        }

        for (var i = start + 1; i < start + count; i++)
        {
            var mark = codePoints[i];
            var place = i;
            for (; place > start && NormalizationTables.CombiningClass(codePoints[place - 1]) > NormalizationTables.CombiningClass(mark); place--)
                codePoints[place] = codePoints[place - 1];
            codePoints[place] = mark;
        }
    }

    // A mark joins the last starter unless one of its own class or a higher one, or a starter that did not join, stands between.
    private static void Compose(List<int> codePoints)
    {
        var (starter, lastClass, count) = (-1, 0, 0);
        for (var i = 0; i < codePoints.Count; i++)
        {
            var codePoint = codePoints[i];
            var combiningClass = NormalizationTables.CombiningClass(codePoint);
            var isFree = starter >= 0 && (starter == count - 1 || (lastClass != 0 && lastClass < combiningClass));
            if (isFree && NormalizationTables.Compose(codePoints[starter], codePoint) is >= 0 and var composed)
            {
                codePoints[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
                starter = count;
            lastClass = combiningClass;
            codePoints[count++] = codePoint;
        }

        codePoints.RemoveRange(count, codePoints.Count - count);
    }
}
