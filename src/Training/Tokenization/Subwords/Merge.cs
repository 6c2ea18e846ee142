namespace Distributed.Training.Tokenization.Subwords;

/// <summary>A merge of two pieces.</summary>
/// <param name="Rank">Its place among the merges; the lowest goes first.</param>
/// <param name="Id">The piece that the two become.</param>
internal readonly record struct Merge(int Rank, int Id);
