namespace Distributed.Training.Evaluation;

/// <summary>Whether a corpus entry does not count for a query, both by their positions.</summary>
internal delegate bool EntryExclusion(int query, int entry);
