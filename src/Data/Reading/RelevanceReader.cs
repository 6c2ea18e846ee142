using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Distributed.Data.Reading;

/// <summary>
/// Reads which corpus entries answer which query: lines of query id, corpus id and, where there is a third field, relevance, separated by tabs.
/// The header of BEIR's files (`query-id`, `corpus-id`, `score`) is passed over.
/// </summary>
internal static class RelevanceReader
{
    /// <summary>By query, in the order of the corpus: the entries with a relevance above 0.</summary>
    public static ImmutableArray<ImmutableArray<RelevantEntry>> Read(
        string path, IReadOnlyDictionary<string, int> queries, IReadOnlyDictionary<string, int> corpus)
    {
        var relevant = new SortedDictionary<int, double>[queries.Count];
        foreach (var line in LineReader.Read(path))
        {
            var fields = Encoding.UTF8.GetString(line.Utf8.Span).Split('\t');
            if (line.IsBlank || (line.Number == 1 && fields is ["query-id", "corpus-id", ..]))
                continue;
            if (fields.Length is not (2 or 3))
                throw new DataFormatException(path, line.Number, $"fields: {fields.Length}, but expected query id, corpus id and, if any, relevance, separated by tabs");

            var query = Find(queries, fields[0], "query", path, line.Number);
            var entry = Find(corpus, fields[1], "corpus", path, line.Number);
            var relevance = fields.Length == 2 ? 1 : ParseRelevance(fields[2], path, line.Number);
            if (!(relevant[query] ??= []).TryAdd(entry, relevance))
                throw new DataFormatException(path, line.Number, $"query '{fields[0]}' and entry '{fields[1]}' occur twice");
        }
        return [.. relevant.Select(entries => entries is null ? [] : Positive(entries))];
    }

    private static int Find(IReadOnlyDictionary<string, int> places, string id, string kind, string path, long line) =>
        places.TryGetValue(id, out var place) ? place : throw new DataFormatException(path, line, $"no {kind} row has the id '{id}'");

    private static double ParseRelevance(string field, string path, long line) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var relevance) && double.IsFinite(relevance) && relevance >= 0
            ? relevance
            : throw new DataFormatException(path, line, $"the relevance is '{field}': expected a number of at least 0");

    private static ImmutableArray<RelevantEntry> Positive(SortedDictionary<int, double> entries) =>
        [.. entries.Where(entry => entry.Value > 0).Select(entry => new RelevantEntry(entry.Key, entry.Value))];
}
