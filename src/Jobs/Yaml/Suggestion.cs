namespace Distributed.Jobs.Yaml;

/// <summary>Finds what a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>"; did you mean 'x'?" for the known word nearest to <paramref name="word"/>, or nothing where none is near.</summary>
    public static string For(string word, IEnumerable<string> known)
    {
        if (word.Length > 64)
            return "";
        var nearest = known.Distinct().Select(name => (Name: name, Distance: EditDistance(word, name)))
            .OrderBy(candidate => candidate.Distance).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, nearest.Name.Length / 3) ? $"; did you mean '{nearest.Name}'?" : "";
    }

    /// <summary>Insertions, deletions and replacements that turn one word into the other (Levenshtein 1966).</summary>
    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }
}
