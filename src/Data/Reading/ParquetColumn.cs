using System.Globalization;
using System.Numerics;
using Parquet;
using Parquet.Schema;

namespace Distributed.Data.Reading;

/// <summary>A column of a Parquet file, read as cells.</summary>
internal sealed class ParquetColumn
{
    private const long MaxRows = 1 << 26;
    private readonly DataField _field;
    private readonly Func<ParquetRowGroupReader, int, Task<TableCell[]>> _read;

    private ParquetColumn(DataField field, Func<ParquetRowGroupReader, int, Task<TableCell[]>> read) => (_field, _read) = (field, read);

    /// <summary>The column of <paramref name="field"/>.</summary>
    /// <exception cref="DataFormatException">It does not hold one text or whole number a row, nor, where fractions are allowed, one number.</exception>
    public static ParquetColumn Of(Field field, ColumnSelection columns, string path)
    {
        var expected = field.Name == columns.Number ? "expected a number" : "expected text";
        if (field is not DataField { IsArray: false } column)
            throw new DataFormatException(path, 0, $"column '{field.Name}' is nested: {expected}");
        if (column.ClrType == typeof(ReadOnlyMemory<char>))
            return new ParquetColumn(column, (rows, count) => ReadTextsAsync(rows, column, count));
        return new ParquetColumn(column, Type.GetTypeCode(column.ClrType) switch
        {
            TypeCode.SByte => Numbers<sbyte>(column),
            TypeCode.Byte => Numbers<byte>(column),
            TypeCode.Int16 => Numbers<short>(column),
            TypeCode.UInt16 => Numbers<ushort>(column),
            TypeCode.Int32 => Numbers<int>(column),
            TypeCode.UInt32 => Numbers<uint>(column),
            TypeCode.Int64 => Numbers<long>(column),
            TypeCode.UInt64 => Numbers<ulong>(column),
            TypeCode.Single when field.Name == columns.Number => Numbers<float>(column),
            TypeCode.Double when field.Name == columns.Number => Numbers<double>(column),
            TypeCode.Decimal when field.Name == columns.Number => Numbers<decimal>(column),
            _ => throw new DataFormatException(path, 0, $"column '{field.Name}' is of type {column.ClrType.Name}: {expected}"),
        });
    }

    /// <summary>The column's cells in a row group.</summary>
    public Task<TableCell[]> ReadAsync(ParquetRowGroupReader rows) => rows.RowCount is >= 0 and <= MaxRows
        ? _read(rows, (int)rows.RowCount)
        : throw new ParquetException($"a row group of {rows.RowCount} rows in column '{_field.Name}'");

    private static async Task<TableCell[]> ReadTextsAsync(ParquetRowGroupReader rows, DataField field, int count)
    {
        var texts = new string?[count];
        await rows.ReadAsync(field, texts.AsMemory()!);
        return Array.ConvertAll(texts, text => new TableCell(text));
    }

    private static Func<ParquetRowGroupReader, int, Task<TableCell[]>> Numbers<T>(DataField field) where T : struct, INumber<T> =>
        field.IsNullable ? (rows, count) => ReadNullableAsync<T>(rows, field, count) : (rows, count) => ReadNumbersAsync<T>(rows, field, count);

    private static async Task<TableCell[]> ReadNumbersAsync<T>(ParquetRowGroupReader rows, DataField field, int count) where T : struct, INumber<T>
    {
        var numbers = new T[count];
        await rows.ReadAsync<T>(field, numbers.AsMemory());
        return Array.ConvertAll(numbers, number => Cell<T>(number));
    }

    private static async Task<TableCell[]> ReadNullableAsync<T>(ParquetRowGroupReader rows, DataField field, int count) where T : struct, INumber<T>
    {
        var numbers = new T?[count];
        await rows.ReadAsync<T>(field, numbers.AsMemory());
        return Array.ConvertAll(numbers, Cell);
    }

    private static TableCell Cell<T>(T? number) where T : struct, INumber<T> =>
        new(number?.ToString(format: null, CultureInfo.InvariantCulture), IsNumber: number is not null);
}
