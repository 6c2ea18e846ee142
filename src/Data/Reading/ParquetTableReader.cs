using Parquet;

namespace Distributed.Data.Reading;

/// <summary>Reads Parquet files, one row group after another: columns of text, of whole numbers for classes and ids, of any numbers for scores.</summary>
internal static class ParquetTableReader
{
    /// <summary>The rows of <paramref name="path"/>; their line is their number, from 1.</summary>
    public static IEnumerable<TableRow> Read(string path, ColumnSelection columns)
    {
        using var stream = DataFile.Open(path);
        var (reader, fields) = Guard(path, row: 0, () => OpenAsync(stream, path, columns));
        long number = 0;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            var cells = Guard(path, number, () => ReadGroupAsync(reader, group, fields));
            for (var row = 0; row < cells.RowCount; row++)
                yield return new TableRow(path, ++number, columns.Names, [.. cells.Columns.Select(column => column?[row] ?? default)]);
        }
    }

    private static async Task<(ParquetReader Reader, ParquetColumn?[] Columns)> OpenAsync(Stream stream, string path, ColumnSelection columns)
    {
        var reader = await ParquetReader.CreateAsync(stream);
        var fields = reader.Schema.Fields;
        var places = columns.FindIn([.. fields.Select(field => field.Name)], path, line: 0);
        return (reader, Array.ConvertAll(places, place => place < 0 ? null : ParquetColumn.Of(fields[place], columns, path)));
    }

    private static async Task<GroupCells> ReadGroupAsync(ParquetReader reader, int group, ParquetColumn?[] columns)
    {
        using var rows = reader.OpenRowGroupReader(group);
        var cells = new TableCell[]?[columns.Length];
        for (var column = 0; column < columns.Length; column++)
        {
            if (columns[column] is { } field)
                cells[column] = await field.ReadAsync(rows);
        }
        return new GroupCells((int)rows.RowCount, cells);
    }

    /// <summary>
    /// Waits for a step of the Parquet reader. It reads a plain file stream, so nothing else could be done meanwhile. What a damaged file makes
    /// it throw is not limited to its own exceptions.
    /// </summary>
    private static T Guard<T>(string path, long row, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not (DataFormatException or OutOfMemoryException))
        {
            throw new DataFormatException(path, row, $"not a Parquet file, or damaged: {exception.Message}");
        }
    }

    /// <param name="RowCount">Rows of the group.</param>
    /// <param name="Columns">Cells by wanted column and row; null for a column that the file lacks.</param>
    private sealed record GroupCells(int RowCount, TableCell[]?[] Columns);
}
