using System.Collections.Immutable;

namespace Distributed.Data.Reading;

/// <summary>One training example.</summary>
/// <param name="Texts">Texts in the order of the job's columns: anchor, positive, hard negatives. A hard negative that the row lacks is null.</param>
/// <param name="Label">Class of the row, numbered by first occurrence in the dataset; −1 where the job names no label column.</param>
/// <param name="Score">Score of the row, finite; NaN where the job names no score column.</param>
public sealed record TrainingRow(ImmutableArray<string?> Texts, int Label, float Score = float.NaN);
