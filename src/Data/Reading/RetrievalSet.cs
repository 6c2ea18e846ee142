using System.Collections.Immutable;

namespace Distributed.Data.Reading;

/// <summary>Queries, the entries that are searched, and which of them answer which query.</summary>
/// <param name="Queries">Texts of the queries.</param>
/// <param name="Corpus">Texts of the entries.</param>
/// <param name="CorpusIds">Ids of the entries, by place in <paramref name="Corpus"/>.</param>
/// <param name="Relevant">By query: the entries that answer it, at least one, in the order of the corpus.</param>
public sealed record RetrievalSet(
    ImmutableArray<string> Queries,
    ImmutableArray<string> Corpus,
    ImmutableArray<string> CorpusIds,
    ImmutableArray<ImmutableArray<RelevantEntry>> Relevant);
