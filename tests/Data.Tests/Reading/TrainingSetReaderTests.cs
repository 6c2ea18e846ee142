using System.Collections.Immutable;
using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Tests.Reading;

public sealed class TrainingSetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_PairsWithSomeHardNegatives_KeepsOrderAndGaps()
    {
        var first = _folder.Write("a.jsonl", "{\"anchor\":\"a\",\"positive\":\"b\",\"negative\":\"c\"}\n{\"anchor\":\"d\",\"positive\":\"e\"}\n");
        var second = _folder.Write("b.csv", "positive,anchor,negative\ng,f,\n");

        var set = TrainingSetReader.Read(new DataOptions { Train = [first, second], Columns = ["anchor", "positive", "negative"] });

        Assert.Equal<ImmutableArray<string?>>([["a", "b", "c"], ["d", "e", null], ["f", "g", null]], set.Rows.Select(row => row.Texts));
        Assert.All(set.Rows, row => Assert.Equal(-1, row.Label));
        Assert.Equal(3, set.Datasets[0].ColumnCount);
        Assert.Empty(set.Datasets[0].Classes);
    }

    [Fact]
    public void Read_Labels_AreNumberedByFirstOccurrence()
    {
        var file = _folder.Write("a.jsonl", "{\"t\":\"a\",\"c\":\"x\"}\n{\"t\":\"b\",\"c\":7}\n{\"t\":\"c\",\"c\":\"x\"}\n{\"t\":\"d\",\"c\":\"7\"}\n");

        var set = TrainingSetReader.Read(new DataOptions { Train = [file], Columns = ["t"], Label = "c" });

        Assert.Equal([0, 1, 0, 1], set.Rows.Select(row => row.Label));
        Assert.Equal(["x", "7"], set.Datasets[0].Classes);
    }

    [Fact]
    public void Read_Limit_StopsBeforeLaterRowsAreRead()
    {
        var file = _folder.Write("a.jsonl", "{\"anchor\":\"a\",\"positive\":\"b\"}\n{\"anchor\":\"c\",\"positive\":\"d\"}\nbroken");

        Assert.Equal(2, TrainingSetReader.Read(new DataOptions { Train = [file], Limit = 2 }).Rows.Length);
    }

    [Theory]
    [InlineData("{\"anchor\":\"a\",\"positive\":\"b\"}\n{\"anchor\":\"c\",\"positive\":\"\"}\n", "a.jsonl:2: 'positive' is empty: expected text")]
    [InlineData("{\"anchor\":\"a\",\"positive\":\"b\",\"negative\":3}\n", "a.jsonl:1: 'negative' is the number 3: expected text")]
    [InlineData("{\"anchor\":\"a\",\"positive\":\"b\"}\n", "a.jsonl: no row has a text in column 'negative'")]
    [InlineData("\n", "a.jsonl: no rows")]
    public void Read_RowThatDoesNotFit_SaysFileLineAndReason(string content, string message)
    {
        var options = new DataOptions { Train = [_folder.Write("a.jsonl", content)], Columns = ["anchor", "positive", "negative"] };

        Assert.Equal(_folder.File(message), Assert.Throws<DataFormatException>(() => TrainingSetReader.Read(options)).Message);
    }

    [Theory]
    [InlineData("{\"t\":\"a\",\"c\":\"\"}", "a.jsonl:1: 'c' is empty: expected text or a whole number")]
    [InlineData("{\"t\":\"a\",\"c\":null}", "a.jsonl:1: 'c' is empty: expected text or a whole number")]
    [InlineData("{\"t\":\"a\",\"c\":1.5}", "a.jsonl:1: 'c' is a number: expected text, or for a class or an id a whole number")]
    [InlineData("{\"t\":\"a\"}", "a.jsonl:1: no column 'c'; there are: t")]
    public void Read_LabelThatIsNone_SaysFileLineAndReason(string content, string message)
    {
        var options = new DataOptions { Train = [_folder.Write("a.jsonl", content)], Columns = ["t"], Label = "c" };

        Assert.Equal(_folder.File(message), Assert.Throws<DataFormatException>(() => TrainingSetReader.Read(options)).Message);
    }

    [Fact]
    public void Fingerprint_SameRowsInAnotherFormat_IsEqual()
    {
        var json = Pairs(_folder.Write("a.jsonl", "{\"anchor\":\"ü\",\"positive\":\"b\"}"));
        var csv = Pairs(_folder.Write("a.csv.gz", "positive,anchor\nb,ü\n"));

        Assert.Equal(json.Fingerprint, csv.Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", json.Fingerprint);
    }

    [Theory]
    [InlineData("{\"anchor\":\"ab\",\"positive\":\"c\"}")]
    [InlineData("{\"anchor\":\"bc\",\"positive\":\"a\"}")]
    [InlineData("{\"anchor\":\"a\",\"positive\":\"bc\"}\n{\"anchor\":\"a\",\"positive\":\"bc\"}")]
    public void Fingerprint_OtherRows_Differs(string content) => Assert.NotEqual(
        Pairs(_folder.Write("a.jsonl", "{\"anchor\":\"a\",\"positive\":\"bc\"}")).Fingerprint,
        Pairs(_folder.Write("b.jsonl", content)).Fingerprint);

    private static TrainingSet Pairs(string file) => TrainingSetReader.Read(new DataOptions { Train = [file] });
}
