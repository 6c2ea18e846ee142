using System.Collections.Immutable;

namespace Distributed.Data.Reading;

/// <summary>All training rows of a job, in file order, one dataset after another. A row's index is its id everywhere: in plans, votes and logs.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Datasets">Where each dataset's rows lie: consecutive, together all of <paramref name="Rows"/>.</param>
/// <param name="Fingerprint">SHA-256, in hexadecimal, over texts, labels and scores: equal exactly when two processes read the same rows.</param>
public sealed record TrainingSet(ImmutableArray<TrainingRow> Rows, ImmutableArray<TrainingDataset> Datasets, string Fingerprint)
{
    /// <summary>The rows of one dataset.</summary>
    public ImmutableArray<TrainingRow> RowsOf(int dataset) => Rows.Slice(Datasets[dataset].FirstRow, Datasets[dataset].RowCount);

    /// <summary>Number of the dataset that a row is of.</summary>
    public int DatasetOf(int row)
    {
        var dataset = Datasets.Length - 1;
        while (Datasets[dataset].FirstRow > row)
            dataset--;
        return dataset;
    }
}
