using System.Collections.Immutable;
using System.Globalization;
using Distributed.Jobs;

namespace Distributed.Data.Reading;

/// <summary>Reads the held-out queries of a job.</summary>
public static class RetrievalSetReader
{
    /// <summary>Queries, corpus and relevance. Queries without a relevant entry are left out: no score is defined for them.</summary>
    /// <exception cref="DataFormatException">A file cannot be read, a row does not fit, or an id is unknown.</exception>
    public static RetrievalSet Read(EvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var queries = ReadTexts(options.Queries, options.QueryColumn, options.QueryId);
        var corpus = ReadTexts(options.Corpus, options.CorpusColumn, options.CorpusId);
        var relevant = RelevanceReader.Read(options.Relevance, queries.Places, corpus.Places);
        var judged = Enumerable.Range(0, relevant.Length).Where(query => relevant[query].Length > 0).ToList();
        if (judged.Count == 0)
            throw new DataFormatException(options.Relevance, 0, "no query has a relevant entry");
        return new RetrievalSet(
            [.. judged.Select(query => queries.Texts[query])],
            corpus.Texts,
            corpus.Ids,
            [.. judged.Select(query => relevant[query])]);
    }

    private static NamedTexts ReadTexts(string file, string textColumn, string? idColumn)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        var ids = ImmutableArray.CreateBuilder<string>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in TableReader.Read(file, idColumn is null ? [textColumn] : [textColumn, idColumn], []))
        {
            var id = idColumn is null ? texts.Count.ToString(CultureInfo.InvariantCulture) : row.RequiredName(idColumn);
            if (!places.TryAdd(id, texts.Count))
                throw row.Wrong($"the id '{id}' occurs twice");
            texts.Add(row.RequiredText(textColumn));
            ids.Add(id);
        }
        return new NamedTexts(texts.DrainToImmutable(), ids.DrainToImmutable(), places);
    }

    private sealed record NamedTexts(ImmutableArray<string> Texts, ImmutableArray<string> Ids, Dictionary<string, int> Places);
}
