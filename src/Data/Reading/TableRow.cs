using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Data.Reading;

/// <summary>The wanted cells of one row of a data file.</summary>
public sealed class TableRow
{
    private readonly ImmutableArray<string> _columns;
    private readonly TableCell[] _cells;

    internal TableRow(string file, long line, ImmutableArray<string> columns, TableCell[] cells)
    {
        File = file;
        Line = line;
        _columns = columns;
        _cells = cells;
    }

    /// <summary>File the row is from.</summary>
    public string File { get; }

    /// <summary>Line of the file, from 1, on which the row starts; in a Parquet file the row's number.</summary>
    public long Line { get; }

    /// <summary>Text of a cell, a whole number as its digits; null where the row lacks it.</summary>
    public string? this[string column] => Cell(column).Text;

    /// <summary>Text that has to be there.</summary>
    /// <exception cref="DataFormatException">It is missing, empty, or a number.</exception>
    public string RequiredText(string column) => OptionalText(column) ?? throw Wrong($"'{column}' is empty: expected text");

    /// <summary>Text; null where it is missing or empty.</summary>
    /// <exception cref="DataFormatException">It is a number.</exception>
    public string? OptionalText(string column)
    {
        var cell = Cell(column);
        if (cell.IsNumber)
            throw Wrong($"'{column}' is the number {cell.Text}: expected text");
        return string.IsNullOrWhiteSpace(cell.Text) ? null : cell.Text;
    }

    /// <summary>A name, such as a class or an id: text or a whole number that has to be there.</summary>
    /// <exception cref="DataFormatException">It is missing or empty.</exception>
    public string RequiredName(string column) =>
        this[column] is { } name && !string.IsNullOrWhiteSpace(name) ? name : throw Wrong($"'{column}' is empty: expected text or a whole number");

    /// <summary>A finite number that has to be there.</summary>
    /// <exception cref="DataFormatException">It is missing or no such number.</exception>
    public float RequiredNumber(string column) =>
        float.TryParse(this[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
            ? number
            : throw Wrong(string.IsNullOrWhiteSpace(this[column]) ? $"'{column}' is empty: expected a number" : $"'{column}' is '{this[column]}': expected a number");

    /// <summary>The exception that says what is wrong with this row.</summary>
    internal DataFormatException Wrong(string reason) => new(File, Line, reason);

    private TableCell Cell(string column)
    {
        var index = _columns.IndexOf(column, StringComparer.Ordinal);
        return index >= 0 ? _cells[index] : throw new ArgumentException($"column '{column}' was not asked for", nameof(column));
    }
}
