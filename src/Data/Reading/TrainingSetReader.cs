using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Data.Reading;

/// <summary>Reads the training rows of a job.</summary>
public static class TrainingSetReader
{
    private const int AlwaysThere = 2;

    /// <summary>The rows of a job's datasets, one dataset after another.</summary>
    /// <exception cref="DataFormatException">A file cannot be read, or a row does not fit.</exception>
    public static TrainingSet Read(ImmutableArray<DatasetOptions> datasets) => Read(datasets[0].Data);

    /// <summary>All rows of the job's files, in order. Anchor and positive have to be there in each row; a hard negative may be missing.</summary>
    /// <exception cref="DataFormatException">A file cannot be read, or a row does not fit.</exception>
    public static TrainingSet Read(DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rows = ImmutableArray.CreateBuilder<TrainingRow>();
        var labels = new LabelNumbers();
        using var fingerprint = new TrainingSetFingerprint();
        foreach (var row in ReadRows(options).Take(options.Limit ?? int.MaxValue))
        {
            var label = options.Label is null ? null : row.RequiredName(options.Label);
            var texts = options.Columns.Select((column, index) => index < AlwaysThere ? row.RequiredText(column) : row.OptionalText(column));
            var score = options.Score is null ? float.NaN : row.RequiredNumber(options.Score);
            rows.Add(new TrainingRow([.. texts], label is null ? -1 : labels.Of(label), score));
            foreach (var text in rows[^1].Texts)
                fingerprint.Add(text);
            fingerprint.Add(label);
            if (options.Score is not null)
                fingerprint.Add(score);
        }
        if (rows.Count == 0)
            throw new DataFormatException(string.Join(", ", options.Train), 0, "no rows");
        CheckColumns(options, rows);
        return new TrainingSet(rows.DrainToImmutable(), options.Columns.Length, labels.Names, fingerprint.ToString());
    }

    private static IEnumerable<TableRow> ReadRows(DataOptions options)
    {
        var required = options.Columns.Take(AlwaysThere).Concat(((string?[])[options.Label, options.Score]).OfType<string>()).ToList();
        var optional = options.Columns.Skip(AlwaysThere).ToList();
        return options.Train.SelectMany(file => TableReader.Read(file, required, optional));
    }

    /// <summary>A column without a single text is most likely a name that was mistyped.</summary>
    private static void CheckColumns(DataOptions options, ImmutableArray<TrainingRow>.Builder rows)
    {
        for (var column = AlwaysThere; column < options.Columns.Length; column++)
        {
            if (rows.All(row => row.Texts[column] is null))
                throw new DataFormatException(string.Join(", ", options.Train), 0, $"no row has a text in column '{options.Columns[column]}'");
        }
    }
}
