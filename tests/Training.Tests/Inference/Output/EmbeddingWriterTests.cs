using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Inference;
using Distributed.Training.Inference.Output;
using Distributed.Training.Inference.Quantization;
using Distributed.Training.Safetensors;
using Parquet;
using Parquet.Schema;

namespace Distributed.Training.Tests.Inference.Output;

public sealed class EmbeddingWriterTests : IDisposable
{
    private static readonly string[] Texts = ["a \"quoted\" text", "größer", "c"];
    private static readonly float[] Values = [1, -2.5f, 0.1f, 3e-20f, 7, 60_000];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EmbeddingDtype.Float32, "<f4", 2)]
    [InlineData(EmbeddingDtype.Float16, "<f2", 2)]
    [InlineData(EmbeddingDtype.Int8, "|i1", 2)]
    [InlineData(EmbeddingDtype.UInt8, "|u1", 2)]
    [InlineData(EmbeddingDtype.Binary, "|i1", 1)]
    [InlineData(EmbeddingDtype.UBinary, "|u1", 1)]
    public async Task Numpy_TwoPieces_HasHeaderOfTheWhole(EmbeddingDtype dtype, string descr, int columns)
    {
        var file = await WriteAsync(stream => new NumpyEmbeddingWriter(stream), dtype);

        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], file[..8]);
        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        var header = Encoding.ASCII.GetString(file, 10, headerBytes);
        Assert.StartsWith($"{{'descr': '{descr}', 'fortran_order': False, 'shape': (3, {columns}), }}", header, StringComparison.Ordinal);
        Assert.EndsWith("\n", header, StringComparison.Ordinal);
        Assert.Equal(0, (10 + headerBytes) % 64);
        Assert.Equal(Expected(dtype).Data.ToArray(), file[(10 + headerBytes)..]);
    }

    [Theory]
    [InlineData(EmbeddingDtype.Float32, TorchSharp.torch.ScalarType.Float32)]
    [InlineData(EmbeddingDtype.Float16, TorchSharp.torch.ScalarType.Float16)]
    [InlineData(EmbeddingDtype.Int8, TorchSharp.torch.ScalarType.Int8)]
    [InlineData(EmbeddingDtype.Binary, TorchSharp.torch.ScalarType.Int8)]
    [InlineData(EmbeddingDtype.UBinary, TorchSharp.torch.ScalarType.Byte)]
    public async Task Safetensors_TwoPieces_IsReadBack(EmbeddingDtype dtype, TorchSharp.torch.ScalarType type)
    {
        var path = _folder.PathOf("e.safetensors");
        await File.WriteAllBytesAsync(path, await WriteAsync(stream => new SafetensorsEmbeddingWriter(stream), dtype), Cancellation);

        using var reader = SafetensorsReader.Open(path);
        using var tensor = reader.Read("embeddings");

        Assert.Single(reader.Tensors);
        Assert.Equal(type, tensor.dtype);
        Assert.Equal([3, Expected(dtype).Columns], tensor.shape);
        Assert.Equal(Expected(dtype).Data.ToArray(), tensor.bytes.ToArray());
    }

    [Fact]
    public async Task JsonLines_EachRow_IsALineThatGivesTheNumbersBack()
    {
        var lines = Encoding.UTF8.GetString(await WriteAsync(stream => new JsonLinesEmbeddingWriter(stream), EmbeddingDtype.Float32)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var rows = lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(Texts, rows.Select(row => row.GetProperty("text").GetString()));
        Assert.Contains("größer", lines[1], StringComparison.Ordinal);
        Assert.Equal(Values, rows.SelectMany(row => row.GetProperty("embedding").EnumerateArray()).Select(number => number.GetSingle()));
    }

    [Theory]
    [InlineData(EmbeddingDtype.Float16, "[1,-2.5]")]
    [InlineData(EmbeddingDtype.Int8, "[-86,-128]")]
    [InlineData(EmbeddingDtype.UInt8, "[42,0]")]
    [InlineData(EmbeddingDtype.Binary, "[0]")]
    [InlineData(EmbeddingDtype.UBinary, "[128]")]
    public async Task JsonLines_OtherNumbers_AreWrittenAsTheyAre(EmbeddingDtype dtype, string expected)
    {
        var text = Encoding.UTF8.GetString(await WriteAsync(stream => new JsonLinesEmbeddingWriter(stream), dtype));

        Assert.StartsWith($$"""{"text":"a \"quoted\" text","embedding":{{expected}}}""", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonLines_NumberThatIsNotFinite_IsRefused()
    {
        var writer = new JsonLinesEmbeddingWriter(new MemoryStream());
        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([1, float.NaN], 2), EmbeddingDtype.Float32);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () => await writer.WriteAsync(["a"], rows, Cancellation));
        Assert.Equal("the embedding of \"a\" holds NaN", exception.Message);
    }

    [Fact]
    public async Task Parquet_Floats_AreReadBackByColumn()
    {
        using var file = new MemoryStream(await WriteAsync(stream => new ParquetEmbeddingWriter(stream), EmbeddingDtype.Float32));

        var (texts, numbers) = await ReadAsync<float>(file);

        Assert.Equal(Texts, texts);
        Assert.Equal(Values, numbers);
    }

    [Fact]
    public async Task Parquet_OtherNumbers_HaveTheirOwnTypes()
    {
        using var halves = new MemoryStream(await WriteAsync(stream => new ParquetEmbeddingWriter(stream), EmbeddingDtype.Float16));
        Assert.Equal(Array.ConvertAll(Values, value => (float)(Half)value), (await ReadAsync<float>(halves)).Numbers);
        using var bytes = new MemoryStream(await WriteAsync(stream => new ParquetEmbeddingWriter(stream), EmbeddingDtype.Int8));
        Assert.Equal(MemoryMarshal.Cast<byte, sbyte>(Expected(EmbeddingDtype.Int8).Data.Span).ToArray(), (await ReadAsync<sbyte>(bytes)).Numbers);
        using var bits = new MemoryStream(await WriteAsync(stream => new ParquetEmbeddingWriter(stream), EmbeddingDtype.UBinary));
        Assert.Equal(Expected(EmbeddingDtype.UBinary).Data.ToArray(), (await ReadAsync<byte>(bits, columns: 1)).Numbers);
    }

    [Fact]
    public async Task Parquet_ManyRows_AreSeveralGroupsAndTheSameBytesEachTime()
    {
        const int Rows = 20_000;
        var texts = Enumerable.Range(0, Rows).Select(row => $"text {row}").ToArray();
        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([.. Enumerable.Range(0, 3 * Rows).Select(number => (float)number)], 3), EmbeddingDtype.Float32);

        var (first, second) = (await WriteAsync(texts, rows), await WriteAsync(texts, rows));

        Assert.Equal(first, second);
        using var file = new MemoryStream(first);
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: Cancellation);
        Assert.Equal(3, reader.RowGroupCount);
        var (readTexts, numbers) = await ReadAsync<float>(file, columns: 3);
        Assert.Equal(texts, readTexts);
        Assert.Equal(MemoryMarshal.Cast<byte, float>(rows.Data.Span).ToArray(), numbers);
    }

    [Fact]
    public async Task Parquet_NoRows_IsAFileOfTheColumns()
    {
        using var file = new MemoryStream(await WriteAsync([], new EmbeddingRows(ElementType.Float32, 5, default)));

        var (texts, numbers) = await ReadAsync<float>(file);

        Assert.Empty(texts);
        Assert.Empty(numbers);
    }

    private static EmbeddingRows Expected(EmbeddingDtype dtype) => EmbeddingQuantizer.Quantize(new EmbeddingMatrix(Values, 2), dtype, Ranges());

    // 255 steps of 1/12 from -2.5, and of 1000 from -2.5: 3.5 / (1 / 12) = 42.
    private static DimensionRanges Ranges()
    {
        var ranges = new DimensionRanges(2);
        ranges.Add(new EmbeddingMatrix([-2.5f, -2.5f, 18.75f, 254_997.5f], 2));
        return ranges;
    }

    private static async Task<byte[]> WriteAsync(Func<Stream, IEmbeddingWriter> format, EmbeddingDtype dtype)
    {
        using var stream = new MemoryStream();
        var writer = format(stream);
        await writer.WriteAsync([], EmbeddingQuantizer.Quantize(new EmbeddingMatrix([], 2), dtype, Ranges()), Cancellation);
        await writer.WriteAsync(Texts[..2], EmbeddingQuantizer.Quantize(new EmbeddingMatrix(Values[..4], 2), dtype, Ranges()), Cancellation);
        await writer.WriteAsync(Texts[2..], EmbeddingQuantizer.Quantize(new EmbeddingMatrix(Values[4..], 2), dtype, Ranges()), Cancellation);
        await writer.CompleteAsync(Cancellation);
        return stream.ToArray();
    }

    private static async Task<byte[]> WriteAsync(string[] texts, EmbeddingRows rows)
    {
        using var stream = new MemoryStream();
        await using var writer = new ParquetEmbeddingWriter(stream);
        await writer.WriteAsync(texts, rows, Cancellation);
        await writer.CompleteAsync(Cancellation);
        return stream.ToArray();
    }

    private static async Task<(string[] Texts, T[] Numbers)> ReadAsync<T>(Stream file, int columns = 2) where T : struct
    {
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: Cancellation);
        Assert.Equal(["text", "embedding"], reader.Schema.Fields.Select(field => field.Name));
        var element = Assert.IsType<ListField>(reader.Schema.Fields[1]).Item;
        var (text, number) = ((DataField)reader.Schema.Fields[0], Assert.IsAssignableFrom<DataField>(element));
        Assert.Equal(typeof(T), number.ClrType);
        List<string> texts = [];
        List<T> numbers = [];
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var column = new string?[(int)group.RowCount];
            await group.ReadAsync(text, column.AsMemory()!);
            texts.AddRange(column!);
            var (values, levels) = (new T[column.Length * columns], new int[column.Length * columns]);
            await group.ReadRawAsync<T>(number, values.AsMemory(), new int[values.Length].AsMemory(), levels.AsMemory(), Cancellation);
            Assert.Equal(Enumerable.Range(0, levels.Length).Select(place => place % columns == 0 ? 0 : 1), levels);
            numbers.AddRange(values);
        }

        return ([.. texts], [.. numbers]);
    }
}
