namespace Distributed.Data.Reading;

/// <summary>A corpus entry that answers a query.</summary>
/// <param name="CorpusIndex">Place of the entry in the corpus.</param>
/// <param name="Relevance">How well it answers, above 0.</param>
public readonly record struct RelevantEntry(int CorpusIndex, double Relevance);
