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
    /// <exception cref="DataFormatException">It holds neither text nor whole numbers, one a row.</exception>
    public static ParquetColumn Of(Field field, string path)
    {
        if (field is not DataField { IsArray: false } column)
            throw new DataFormatException(path, 0, $"column '{field.Name}' is nested: expected text");
        if (column.ClrType == typeof(ReadOnlyMemory<char>))
            return new ParquetColumn(column, (rows, count) => ReadTextsAsync(rows, column, count));
        return new ParquetColumn(column, Type.GetTypeCode(column.ClrType) switch
        {
            TypeCode.SByte => Integers<sbyte>(column),
            TypeCode.Byte => Integers<byte>(column),
            TypeCode.Int16 => Integers<short>(column),
            TypeCode.UInt16 => Integers<ushort>(column),
            TypeCode.Int32 => Integers<int>(column),
            TypeCode.UInt32 => Integers<uint>(column),
            TypeCode.Int64 => Integers<long>(column),
            TypeCode.UInt64 => Integers<ulong>(column),
            _ => throw new DataFormatException(path, 0, $"column '{field.Name}' is of type {column.ClrType.Name}: expected text"),
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

    private static Func<ParquetRowGroupReader, int, Task<TableCell[]>> Integers<T>(DataField field) where T : struct, INumber<T> =>
        field.IsNullable ? (rows, count) => ReadNullableAsync<T>(rows, field, count) : (rows, count) => ReadIntegersAsync<T>(rows, field, count);

    private static async Task<TableCell[]> ReadIntegersAsync<T>(ParquetRowGroupReader rows, DataField field, int count) where T : struct, INumber<T>
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
