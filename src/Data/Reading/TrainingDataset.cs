using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Data.Reading;

/// <summary>One dataset's place among the training rows.</summary>
/// <param name="Name">Its name in the job.</param>
/// <param name="FirstRow">Row id of its first row.</param>
/// <param name="RowCount">Number of its rows.</param>
/// <param name="ColumnCount">Texts in each row.</param>
/// <param name="Classes">Names of its classes, by label number; empty without a label column.</param>
public sealed record TrainingDataset(string Name, int FirstRow, int RowCount, int ColumnCount, ImmutableArray<string> Classes)
{
    /// <summary>A dataset of all of a set's rows, under the name that a single one has.</summary>
    public static TrainingDataset Single(ImmutableArray<TrainingRow> rows, int columnCount, ImmutableArray<string> classes) =>
        new(DatasetOptions.DefaultName, 0, rows.Length, columnCount, classes);
}
