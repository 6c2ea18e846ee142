namespace Distributed.Jobs.Yaml;

/// <summary>Finds what a mistyped word was meant to be.</summary>
public static class Suggestion
{
    /// <summary>"; did you mean 'x'?" for the known word nearest to <paramref name="word"/>, or nothing where none is near.</summary>
    public static string For(string word, IEnumerable<string> known)
    {
        if (word.Length > 64)
            return "";
        var nearest = Nearest(word, known, count: 1).FirstOrDefault();
        return nearest is not null && EditDistance(word, nearest) <= Math.Max(1, nearest.Length / 3) ? $"; did you mean '{nearest}'?" : "";
    }

    /// <summary>The <paramref name="count"/> known words that are nearest to <paramref name="word"/>, nearest first.</summary>
    public static IEnumerable<string> Nearest(string word, IEnumerable<string> known, int count)
        => known.Distinct().Select(name => (Name: name, Distance: EditDistance(word, name))).OrderBy(candidate => candidate.Distance).Take(count).Select(candidate => candidate.Name);

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment).</summary>
    private static int EditDistance(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }
                var isSame = a[i - 1] == b[j - 1];
                var shortest = Math.Min(distance[i - 1, j - 1] + (isSame ? 0 : 1), 1 + Math.Min(distance[i - 1, j], distance[i, j - 1]));
                var isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                distance[i, j] = isSwap ? Math.Min(shortest, distance[i - 2, j - 2] + 1) : shortest;
            }
        }
        return distance[a.Length, b.Length];
    }
}
