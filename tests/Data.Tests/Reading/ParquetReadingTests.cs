using Distributed.Data.Reading;
using Parquet;
using Parquet.Schema;

namespace Distributed.Data.Tests.Reading;

public sealed class ParquetReadingTests : IDisposable
{
    private static readonly DataField<string> Text = new("text");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_TextsNumbersAndNullsInTwoGroups_GivesRowsInOrder()
    {
        var label = new DataField<long>("label");
        var rank = new DataField<int?>("rank");
        var file = await WriteAsync([Text, label, rank], 2, async (group, index) =>
        {
            await group.WriteAsync(Text, index == 0 ? ["a", "ü😀"] : ["c", null!]);
            await group.WriteAsync<long>(label, new long[] { index, long.MaxValue });
            await group.WriteAsync<int>(rank, new int?[] { 7, null });
        });

        var rows = TableReader.Read(file, ["label"], ["rank", "text", "absent"]).ToList();

        Assert.Equal([1, 2, 3, 4], rows.Select(row => row.Line));
        Assert.Equal(["a", "ü😀", "c", null], rows.Select(row => row["text"]));
        Assert.Equal(["0", "9223372036854775807", "1", "9223372036854775807"], rows.Select(row => row.RequiredName("label")));
        Assert.Equal(["7", null, "7", null], rows.Select(row => row["rank"]));
        Assert.All(rows, row => Assert.Null(row["absent"]));
        Assert.Equal($"{file}:4: 'text' is empty: expected text", Assert.Throws<DataFormatException>(() => rows[3].RequiredText("text")).Message);
        Assert.Equal($"{file}:1: 'label' is the number 0: expected text", Assert.Throws<DataFormatException>(() => rows[0].OptionalText("label")).Message);
    }

    [Fact]
    public async Task Read_MissingColumn_NamesThoseThereAre()
    {
        var file = await WriteAsync([Text], 1, (group, _) => group.WriteAsync(Text, ["a"]));

        var exception = Assert.Throws<DataFormatException>(() => TableReader.Read(file, ["anchor"], []).ToList());

        Assert.Equal($"{file}: no column 'anchor'; there are: text", exception.Message);
    }

    [Fact]
    public async Task Read_ColumnOfAnotherType_SaysWhichType()
    {
        var price = new DataField<double>("price");
        var file = await WriteAsync([price], 1, (group, _) => group.WriteAsync<double>(price, new[] { 1.5 }));

        var exception = Assert.Throws<DataFormatException>(() => TableReader.Read(file, ["price"], []).ToList());

        Assert.Equal($"{file}: column 'price' is of type Double: expected text", exception.Message);
    }

    [Fact]
    public async Task Read_NumberColumn_MayHoldFractions()
    {
        var (exact, rough) = (new DataField<double>("exact"), new DataField<float?>("rough"));
        var file = await WriteAsync([exact, rough], 1, async (group, _) =>
        {
            await group.WriteAsync<double>(exact, new[] { 0.5, 1 });
            await group.WriteAsync<float>(rough, new float?[] { 1e-3f, null });
        });

        Assert.Equal([0.5f, 1], TableReader.Read(file, ["exact"], [], "exact").Select(row => row.RequiredNumber("exact")));
        var rows = TableReader.Read(file, ["rough"], [], "rough").ToList();
        Assert.Equal(1e-3f, rows[0].RequiredNumber("rough"));
        Assert.Equal($"{file}:2: 'rough' is empty: expected a number", Assert.Throws<DataFormatException>(() => rows[1].RequiredNumber("rough")).Message);
    }

    [Fact]
    public async Task Read_NestedColumn_IsRefused()
    {
        var list = new DataField<IEnumerable<string>>("texts");
        var file = await WriteAsync([list], 1, (group, _) => group.WriteAsync(list, ["a", "b"], new int[] { 0, 1 }));

        var exception = Assert.Throws<DataFormatException>(() => TableReader.Read(file, ["texts"], []).ToList());

        Assert.Equal($"{file}: column 'texts' is nested: expected text", exception.Message);
    }

    [Fact]
    public void Read_NoParquet_IsOneClearError()
    {
        var file = _folder.Write("a.parquet", "this is no Parquet file at all");

        var exception = Assert.Throws<DataFormatException>(() => TableReader.Read(file, ["text"], []).ToList());

        Assert.StartsWith($"{file}: not a Parquet file, or damaged: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileCutShort_IsOneClearError()
    {
        var file = await WriteAsync([Text], 2, (group, _) => group.WriteAsync(Text, [.. Enumerable.Range(0, 50).Select(i => $"text {i}")]));
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        for (var length = 1; length < bytes.Length; length++)
        {
            var cut = _folder.Write("cut.parquet", bytes.AsSpan(0, length));
            var exception = Assert.Throws<DataFormatException>(() => TableReader.Read(cut, ["text"], []).ToList());
            Assert.StartsWith($"{cut}: not a Parquet file, or damaged: ", exception.Message, StringComparison.Ordinal);
        }
    }

    private async Task<string> WriteAsync(DataField[] fields, int groups, Func<ParquetRowGroupWriter, int, Task> write)
    {
        var file = _folder.File("data.parquet");
        await using var stream = File.Create(file);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        for (var index = 0; index < groups; index++)
        {
            using var group = writer.CreateRowGroup();
            await write(group, index);
        }
        return file;
    }
}
