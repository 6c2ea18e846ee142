using System.Collections.Immutable;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Tests;

/// <summary>Training sets and jobs for tests.</summary>
internal static class GeneratedData
{
    /// <summary>Rows with these texts each.</summary>
    public static TrainingSet Texts(IEnumerable<IEnumerable<string?>> rows) => Set([.. rows.Select(texts => new TrainingRow([.. texts], -1))]);

    /// <summary>Rows of one text each, no two alike.</summary>
    public static TrainingSet Different(int rows) => Texts(Enumerable.Range(0, rows).Select(row => new[] { $"text {row}" }));

    /// <summary>Rows of these classes.</summary>
    public static TrainingSet Labels(IEnumerable<int> labels) => Set([.. labels.Select((label, row) => new TrainingRow([$"text {row}"], label))]);

    /// <summary>A job over any of these sets.</summary>
    public static Job Job(SamplerOptions sampler, BatchOptions batch, int epochs = 1) => new()
    {
        Model = new ModelOptions(),
        Datasets = [new DatasetOptions { Data = new DataOptions { Train = [] }, Sampler = sampler }],
        Output = new OutputOptions { Folder = "" },
        Batch = batch,
        Optimizer = new OptimizerOptions { Epochs = epochs },
    };

    private static TrainingSet Set(ImmutableArray<TrainingRow> rows)
    {
        var classes = rows.Max(row => (int?)row.Label) + 1 ?? 0;
        var columns = rows.IsEmpty ? 0 : rows[0].Texts.Length;
        return new TrainingSet(rows, [TrainingDataset.Single(rows, columns, [.. Enumerable.Range(0, classes).Select(label => $"class {label}")])], "");
    }
}
