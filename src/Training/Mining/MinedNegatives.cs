using System.Runtime.InteropServices;

namespace Distributed.Training.Mining;

/// <summary>What was found, of all queries, on every rank alike.</summary>
public sealed class MinedNegatives
{
    private readonly MiningSet _set;
    private readonly int _depth;
    private readonly byte[] _negatives;      // MinedNegative[queries, depth]
    private readonly byte[] _positiveScores; // float[positives]

    internal MinedNegatives(MiningSet set, int depth, byte[] negatives, byte[] positiveScores, SelectionTally tally)
    {
        (_set, _depth, _negatives, _positiveScores) = (set, depth, negatives, positiveScores);
        Tally = tally;
    }

    /// <summary>What became of the candidates.</summary>
    public SelectionTally Tally { get; }

    /// <summary>The negatives of a query, the most similar first.</summary>
    public ReadOnlySpan<MinedNegative> Of(int query)
    {
        var places = MemoryMarshal.Cast<byte, MinedNegative>(_negatives.AsSpan()).Slice(query * _depth, _depth);
        var found = 0;
        while (found < places.Length && places[found].Candidate >= 0)
            found++;
        return places[..found];
    }

    /// <summary>Similarity of a pair's two texts.</summary>
    public float PositiveScore(MiningRow row) =>
        MemoryMarshal.Cast<byte, float>(_positiveScores.AsSpan())[_set.PositiveStart(row.Query) + _set.PositivesOf(row.Query).BinarySearch(row.Positive)];
}
