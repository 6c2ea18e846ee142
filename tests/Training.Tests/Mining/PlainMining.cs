using System.Globalization;
using Distributed.Jobs.Losses;
using Distributed.Training.Mining;

namespace Distributed.Training.Tests.Mining;

/// <summary>Mining the plain way: every similarity by scalar arithmetic, known texts taken out by comparing strings, a stable sort of all candidates.</summary>
internal static class PlainMining
{
    /// <summary>Whether what was found is what the definitions allow: exactly their first for top, some of them for random.</summary>
    public static bool Allows(MiningSet set, MiningOptions options, MinedNegatives mined) =>
        Enumerable.Range(0, set.Queries.Length).All(query => Allows(set, options, query, mined.Of(query).ToArray()))
        && set.Rows.All(row => mined.PositiveScore(row) == Similarity(set.Queries[row.Query], set.Candidates[row.Positive], options.Similarity));

    /// <summary>A text is its own embedding, written out.</summary>
    public static float[] Vector(string text) => [.. text.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];

    private static bool Allows(MiningSet set, MiningOptions options, int query, MinedNegative[] found)
    {
        var anchor = set.Queries[query];
        var positives = set.Rows.Where(row => set.Queries[row.Query] == anchor).Select(row => set.Candidates[row.Positive]).ToHashSet();
        var ranked = Enumerable.Range(0, set.Candidates.Length)
            .Where(entry => set.Candidates[entry] != anchor && !positives.Contains(set.Candidates[entry]))
            .Select(entry => new MinedNegative(entry, Similarity(anchor, set.Candidates[entry], options.Similarity)))
            .OrderByDescending(entry => entry.Score)
            .ToArray();
        var least = positives.Min(positive => Similarity(anchor, positive, options.Similarity));
        var fitting = MiningCases.Fitting([.. ranked.Select(entry => entry.Score)], least, options).Select(place => ranked[place]).ToArray();
        var count = Math.Min(fitting.Length, options.Negatives);
        return found.Length == count
            && (options.Sampling is NegativeSampling.Top ? found.SequenceEqual(fitting.Take(count)) : fitting.Where(found.Contains).SequenceEqual(found));
    }

    private static float Similarity(string left, string right, Similarity similarity)
    {
        var (a, b) = similarity is Jobs.Losses.Similarity.Cosine ? (Unit(Vector(left)), Unit(Vector(right))) : (Vector(left), Vector(right));
        return a.Zip(b).Aggregate(0f, (sum, pair) => MathF.FusedMultiplyAdd(pair.First, pair.Second, sum));
    }

    private static float[] Unit(float[] vector)
    {
        var squares = vector.Aggregate(0.0, (sum, component) => sum + (double)component * component);
        return squares == 0 ? vector : Array.ConvertAll(vector, component => (float)(component / Math.Sqrt(squares)));
    }
}
