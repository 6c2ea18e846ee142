using Distributed.Training.Evaluation;
using Distributed.Training.Inference;

namespace Distributed.Training.Mining;

/// <summary>Consecutive queries of one rank while the candidates are scanned: their best candidates so far, and the similarities of their positives.</summary>
internal sealed class QueryGroup
{
    private readonly MiningSet _set;
    private readonly MiningOptions _options;
    private readonly NearestEntries _nearest;
    private readonly float[] _positiveScores; // by positive of these queries

    /// <param name="set">What is mined.</param>
    /// <param name="options">How.</param>
    /// <param name="embeddings">Embeddings of a window of queries.</param>
    /// <param name="start">First row of the window that belongs to the group.</param>
    /// <param name="count">Number of queries.</param>
    /// <param name="first">Number of the first query in the set.</param>
    public QueryGroup(MiningSet set, MiningOptions options, EmbeddingMatrix embeddings, int start, int count, int first)
    {
        (_set, _options, First, Count) = (set, options, first, count);
        var depth = Math.Min(options.RankMax, set.Candidates.Length);
        _nearest = new NearestEntries(embeddings, start, count, depth, options.Similarity, (query, entry) => set.IsKnown(first + query, entry));
        _positiveScores = new float[set.PositiveStart(first + count) - set.PositiveStart(first)];
    }

    /// <summary>Number of the first query.</summary>
    public int First { get; }

    /// <summary>Number of queries.</summary>
    public int Count { get; }

    /// <summary>Similarities of the positives, query by query.</summary>
    public ReadOnlySpan<float> PositiveScores => _positiveScores;

    /// <summary>Takes a window of candidates into account, each window once and in order.</summary>
    public void Scan(EmbeddingMatrix window, int windowStart, IProgress<long>? compared, CancellationToken cancellationToken)
    {
        _nearest.Scan(window, compared, cancellationToken);
        var vector = new float[window.Dim];
        for (var query = 0; query < Count; query++)
            ScorePositives(query, window, windowStart, vector);
    }

    /// <summary>Chooses a query's negatives.</summary>
    /// <param name="query">The query, counted in the group.</param>
    /// <param name="negatives">Receives them; places that stay empty are marked.</param>
    /// <param name="tally">Counts.</param>
    public void Choose(int query, Span<MinedNegative> negatives, ref SelectionTally tally)
    {
        var entries = _nearest.Of(query);
        var ranked = _nearest.ScoresOf(query);
        var found = entries.IndexOf(-1);
        var chosen = NegativeSelection.Choose(found < 0 ? ranked : ranked[..found], HardestPositive(query), First + query, _options, ref tally);
        negatives.Fill(new MinedNegative(-1, 0));
        for (var i = 0; i < chosen.Length; i++)
            negatives[i] = new MinedNegative(entries[chosen[i]], ranked[chosen[i]]);
    }

    private void ScorePositives(int query, EmbeddingMatrix window, int windowStart, float[] vector)
    {
        var positives = _set.PositivesOf(First + query);
        for (var i = 0; i < positives.Length; i++)
        {
            var row = positives[i] - windowStart;
            if (row < 0 || row >= window.Count)
                continue;
            ComparedVector.Prepare(_options.Similarity, window.Row(row), vector);
            _positiveScores[Offset(query) + i] = PanelProduct.Of(_nearest.Query(query), vector);
        }
    }

    private float HardestPositive(int query)
    {
        var least = float.PositiveInfinity;
        foreach (var score in _positiveScores.AsSpan(Offset(query), _set.PositivesOf(First + query).Length))
            least = Math.Min(least, score);
        return least;
    }

    private int Offset(int query) => _set.PositiveStart(First + query) - _set.PositiveStart(First);
}
