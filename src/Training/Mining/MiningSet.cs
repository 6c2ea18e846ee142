using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Distributed.Training.Mining;

/// <summary>
/// What is mined: distinct queries and distinct candidates, both in order of first occurrence. Texts are equal where their characters are: all positives
/// of equal anchors belong to one query, and none of them, nor the query's own text, is ever its negative, wherever it stands in the corpus.
/// </summary>
public sealed class MiningSet
{
    private readonly int[] _positiveStarts; // by query, into _positives; one more at the end
    private readonly int[] _positives;      // candidates, ascending and distinct within a query
    private readonly int[] _own;            // by query: the candidate of the same text; −1 where there is none

    /// <param name="pairs">Pairs, in the order in which they are written back.</param>
    /// <param name="corpus">Candidates; positives that are not among them come after them.</param>
    public MiningSet(IEnumerable<TextPair> pairs, IEnumerable<string> corpus)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var candidates = new TextNumbers();
        foreach (var text in corpus)
            candidates.Of(text);
        var queries = new TextNumbers();
        Rows = [.. pairs.Select(pair => new MiningRow(queries.Of(pair.Anchor), candidates.Of(pair.Positive)))];
        (Queries, Candidates) = (queries.Texts, candidates.Texts);
        (_positiveStarts, _positives) = Group(Rows, Queries.Length);
        _own = [.. Queries.Select(candidates.Find)];
    }

    /// <summary>The pairs.</summary>
    public ImmutableArray<MiningRow> Rows { get; }

    /// <summary>Distinct anchors.</summary>
    public ImmutableArray<string> Queries { get; }

    /// <summary>Distinct texts that may become negatives.</summary>
    public ImmutableArray<string> Candidates { get; }

    /// <summary>A query's positives: candidates, ascending.</summary>
    public ReadOnlySpan<int> PositivesOf(int query) => _positives.AsSpan(_positiveStarts[query].._positiveStarts[query + 1]);

    /// <summary>Number of the query's first positive, counted over all queries; for the number of queries, that of all positives.</summary>
    public int PositiveStart(int query) => _positiveStarts[query];

    /// <summary>Whether a candidate is known to belong to a query.</summary>
    public bool IsKnown(int query, int candidate) => candidate == _own[query] || PositivesOf(query).BinarySearch(candidate) >= 0;

    private static (int[] Starts, int[] Positives) Group(ImmutableArray<MiningRow> rows, int queries)
    {
        var starts = new int[queries + 1];
        var positives = new List<int>(rows.Length);
        foreach (var query in rows.Distinct().GroupBy(row => row.Query).OrderBy(group => group.Key))
        {
            positives.AddRange(query.Select(row => row.Positive).Order());
            starts[query.Key + 1] = positives.Count;
        }

        return (starts, [.. positives]);
    }

    /// <summary>Numbers texts by first occurrence.</summary>
    private sealed class TextNumbers
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly ImmutableArray<string>.Builder _texts = ImmutableArray.CreateBuilder<string>();

        public ImmutableArray<string> Texts => _texts.ToImmutable();

        public int Of(string text)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out var isKnown);
            if (!isKnown)
            {
                number = _texts.Count;
                _texts.Add(text);
            }

            return number;
        }

        public int Find(string text) => _numbers.GetValueOrDefault(text, -1);
    }
}
