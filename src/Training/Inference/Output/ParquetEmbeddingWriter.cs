using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Distributed.Training.Inference.Output;

/// <summary>Parquet: columns <c>text</c> and <c>embedding</c>, a list of numbers. 16-bit floating point becomes 32-bit, which every reader knows.</summary>
public sealed class ParquetEmbeddingWriter(Stream stream) : IEmbeddingWriter, IAsyncDisposable
{
    // Moderate in memory, whatever the dimension: numbers, and for each two levels of four bytes that say where a list starts.
    private const int RowsPerGroup = 8192;

    private readonly DataField<string> _text = new("text", nullable: false);

    private DataField? _number;
    private ParquetWriter? _writer;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<string> texts, EmbeddingRows rows, CancellationToken cancellationToken)
    {
        if (_writer is null)
        {
            _number = FieldOf(rows.Type);
            _writer = await ParquetWriter.CreateAsync(new ParquetSchema(_text, new ListField("embedding", _number)), stream, cancellationToken: cancellationToken);
        }

        for (var start = 0; start < texts.Count; start += RowsPerGroup)
        {
            var count = Math.Min(RowsPerGroup, texts.Count - start);
            var rowBytes = rows.Columns * rows.ElementBytes;
            var part = rows with { Data = rows.Data.Slice(start * rowBytes, count * rowBytes) };
            using var group = _writer.CreateRowGroup();
            await group.WriteAsync(_text, [.. texts.Skip(start).Take(count)]);
            await WriteAsync(group, part, cancellationToken);
            group.CompleteValidate();
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Writes the footer.
        if (_writer is not null)
            await _writer.DisposeAsync();
        _writer = null;
    }

    private static DataField FieldOf(ElementType type) => type switch
    {
        ElementType.Int8 => new DataField<sbyte>("element", nullable: false),
        ElementType.UInt8 => new DataField<byte>("element", nullable: false),
        _ => new DataField<float>("element", nullable: false),
    };

    private Task WriteAsync(ParquetRowGroupWriter group, EmbeddingRows rows, CancellationToken cancellationToken) => rows.Type switch
    {
        ElementType.Float32 => WriteAsync(group, rows, MemoryMarshal.Cast<byte, float>(rows.Data.Span).ToArray(), cancellationToken),
        ElementType.Float16 => WriteAsync(group, rows, Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(rows.Data.Span).ToArray(), value => (float)value), cancellationToken),
        ElementType.Int8 => WriteAsync(group, rows, MemoryMarshal.Cast<byte, sbyte>(rows.Data.Span).ToArray(), cancellationToken),
        _ => WriteAsync(group, rows, rows.Data.ToArray(), cancellationToken),
    };

    private async Task WriteAsync<T>(ParquetRowGroupWriter group, EmbeddingRows rows, T[] numbers, CancellationToken cancellationToken) where T : struct
    {
        var definitions = new int[numbers.Length]; // everything is there
        definitions.AsSpan().Fill(_number!.MaxDefinitionLevel);
        var repetitions = new int[numbers.Length]; // 0 starts a list, 1 goes on with it
        repetitions.AsSpan().Fill(1);
        for (var start = 0; start < repetitions.Length; start += rows.Columns)
            repetitions[start] = 0;
        await group.WriteAllPartsAsync<T>(_number, numbers, definitions, repetitions, cancellationToken);
    }
}
