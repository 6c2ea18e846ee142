using System.Collections.Immutable;

namespace Distributed.Data.Reading;

/// <summary>All training rows of a job, in file order. A row's index is its id everywhere: in plans, votes and logs.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="ColumnCount">Texts in each row.</param>
/// <param name="Classes">Names of the classes, by label number; empty without a label column.</param>
/// <param name="Fingerprint">SHA-256, in hexadecimal, over texts and labels: equal exactly when two processes read the same rows.</param>
public sealed record TrainingSet(ImmutableArray<TrainingRow> Rows, int ColumnCount, ImmutableArray<string> Classes, string Fingerprint);
