namespace Distributed.Data.Reading;

/// <summary>Reads data files of several formats as rows of named columns. The format is told by the file's extension.</summary>
public static class TableReader
{
    /// <summary>
    /// The rows of a file, one after another. `.jsonl`, `.ndjson` and `.json` are JSON Lines, `.csv` is comma-separated with quotes (RFC 4180), `.tsv`
    /// is tab-separated without quotes; each may be followed by `.gz`. `.parquet` is Parquet. CSV and TSV have a header line.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="requiredColumns">Columns that each row has to have.</param>
    /// <param name="optionalColumns">Columns that rows may lack.</param>
    /// <exception cref="DataFormatException">The file cannot be read, or a row does not fit; thrown while the rows are read.</exception>
    public static IEnumerable<TableRow> Read(string path, IReadOnlyList<string> requiredColumns, IReadOnlyList<string> optionalColumns) =>
        Read(path, requiredColumns, optionalColumns, numberColumn: null);

    /// <inheritdoc cref="Read(string, IReadOnlyList{string}, IReadOnlyList{string})"/>
    /// <param name="path">The file.</param>
    /// <param name="requiredColumns">Columns that each row has to have.</param>
    /// <param name="optionalColumns">Columns that rows may lack.</param>
    /// <param name="numberColumn">The one of them that may hold fractions; null: none may.</param>
    public static IEnumerable<TableRow> Read(
        string path, IReadOnlyList<string> requiredColumns, IReadOnlyList<string> optionalColumns, string? numberColumn)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(requiredColumns);
        ArgumentNullException.ThrowIfNull(optionalColumns);
        var columns = new ColumnSelection([.. requiredColumns, .. optionalColumns], requiredColumns.Count, numberColumn);
        var format = FormatOf(path) ?? throw new DataFormatException(path, 0, "unknown format: expected .jsonl, .csv or .tsv, each plain or .gz, or .parquet");
        return format(path, columns);
    }

    /// <summary>Whether a file's extension names a format that is read.</summary>
    public static bool IsSupported(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FormatOf(path) is not null;
    }

    private static Func<string, ColumnSelection, IEnumerable<TableRow>>? FormatOf(string path)
    {
        var isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var extension = Path.GetExtension(isCompressed ? path[..^3] : path).ToUpperInvariant();
        return extension switch
        {
            ".JSONL" or ".NDJSON" or ".JSON" => JsonLinesReader.Read,
            ".CSV" => (file, columns) => DelimitedReader.Read(file, columns, DelimitedFormat.Csv),
            ".TSV" => (file, columns) => DelimitedReader.Read(file, columns, DelimitedFormat.Tsv),
            ".PARQUET" when !isCompressed => ParquetTableReader.Read,
            _ => null,
        };
    }
}
