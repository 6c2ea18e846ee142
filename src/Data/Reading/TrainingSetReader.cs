using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;

namespace Distributed.Data.Reading;

/// <summary>Reads the training rows of a job.</summary>
public static class TrainingSetReader
{
    private const int AlwaysThere = 2;

    /// <summary>
    /// The rows of a job's datasets, one dataset after another. Anchor and positive have to be there in each row; a hard negative may be missing, unless the
    /// loss needs it.
    /// </summary>
    /// <exception cref="DataFormatException">A file cannot be read, or a row does not fit.</exception>
    public static TrainingSet Read(ImmutableArray<DatasetOptions> datasets)
    {
        var rows = ImmutableArray.CreateBuilder<TrainingRow>();
        var places = ImmutableArray.CreateBuilder<TrainingDataset>(datasets.Length);
        using var fingerprint = new TrainingSetFingerprint();
        foreach (var dataset in datasets)
        {
            if (datasets.Length > 1)
                fingerprint.Add(dataset.Name); // the same rows cut otherwise are other data
            places.Add(Append(dataset, rows, fingerprint));
        }
        return new TrainingSet(rows.DrainToImmutable(), places.MoveToImmutable(), fingerprint.ToString());
    }

    /// <summary>The rows of a single dataset, for whatever loss.</summary>
    /// <exception cref="DataFormatException">A file cannot be read, or a row does not fit.</exception>
    public static TrainingSet Read(DataOptions options) => Read([new DatasetOptions { Data = options }]);

    private static TrainingDataset Append(DatasetOptions dataset, ImmutableArray<TrainingRow>.Builder rows, TrainingSetFingerprint fingerprint)
    {
        var (data, first) = (dataset.Data, rows.Count);
        var labels = new LabelNumbers();
        foreach (var row in ReadRows(dataset).Take(data.Limit ?? int.MaxValue))
        {
            var label = data.Label is null ? null : row.RequiredName(data.Label);
            rows.Add(new TrainingRow(Texts(row, dataset), label is null ? -1 : labels.Of(label), Score(row, dataset)));
            fingerprint.Add(rows[^1], label, hasScore: data.Score is not null);
        }
        if (rows.Count == first)
            throw new DataFormatException(string.Join(", ", data.Train), 0, "no rows");
        CheckColumns(data, rows, first);
        return new TrainingDataset(dataset.Name, first, rows.Count - first, data.Columns.Length, labels.Names);
    }

    private static IEnumerable<TableRow> ReadRows(DatasetOptions dataset)
    {
        var (data, texts) = (dataset.Data, RequiredTexts(dataset));
        var required = data.Columns.Take(texts).Concat(((string?[])[data.Label, data.Score]).OfType<string>()).ToList();
        var optional = data.Columns.Skip(texts).ToList();
        return data.Train.SelectMany(file => TableReader.Read(file, required, optional, data.Score));
    }

    private static ImmutableArray<string?> Texts(TableRow row, DatasetOptions dataset)
    {
        var required = RequiredTexts(dataset);
        return [.. dataset.Data.Columns.Select((column, index) => index < required ? row.RequiredText(column) : row.OptionalText(column))];
    }

    private static int RequiredTexts(DatasetOptions dataset) => dataset.Loss.Input is LossInput.Triplets ? dataset.Data.Columns.Length : AlwaysThere;

    private static float Score(TableRow row, DatasetOptions dataset)
    {
        if (dataset.Data.Score is not { } column)
            return float.NaN;
        var score = row.RequiredNumber(column);
        if (dataset.Loss.Input is LossInput.LabelledPairs && score is not (0 or 1))
        {
            throw row.Wrong(
                $"'{column}' is {row[column]}: loss.kind {dataset.Loss.Kind} needs 1 for texts that belong together, or 0");
        }
        return score;
    }

    /// <summary>A column without a single text is most likely a name that was mistyped.</summary>
    private static void CheckColumns(DataOptions options, ImmutableArray<TrainingRow>.Builder rows, int first)
    {
        for (var column = AlwaysThere; column < options.Columns.Length; column++)
        {
            if (rows.Skip(first).All(row => row.Texts[column] is null))
                throw new DataFormatException(string.Join(", ", options.Train), 0, $"no row has a text in column '{options.Columns[column]}'");
        }
    }
}
