using Distributed.Data.Reading;
using Distributed.Jobs;

namespace Distributed.Data.Tests.Reading;

public sealed class RetrievalSetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_QueriesByNumber_GivesRelevantEntriesInCorpusOrder()
    {
        var set = RetrievalSetReader.Read(Options("0\tc\n0\ta\t3\n2\tb\t0.5\n2\tc\t0\n"));

        Assert.Equal(["first", "third"], set.Queries);
        Assert.Equal(["A", "B", "C"], set.Corpus);
        Assert.Equal(["a", "b", "c"], set.CorpusIds);
        Assert.Equal([new RelevantEntry(0, 3), new RelevantEntry(2, 1)], set.Relevant[0]);
        Assert.Equal([new RelevantEntry(1, 0.5)], set.Relevant[1]);
    }

    [Fact]
    public void Read_QueriesById_FindsThem()
    {
        var options = Options("query-id\tcorpus-id\tscore\n12\tb\t1\r\n") with
        {
            Queries = _folder.Write("q.csv", "id,q\n11,first\n12,second\n"), QueryColumn = "q", QueryId = "id",
        };

        Assert.Equal(["second"], RetrievalSetReader.Read(options).Queries);
    }

    [Theory]
    [InlineData("3\ta\n", ":1: no query row has the id '3'")]
    [InlineData("0\ta\n\n0\td\n", ":3: no corpus row has the id 'd'")]
    [InlineData("0 a\n", ":1: fields: 1, but expected query id, corpus id and, if any, relevance, separated by tabs")]
    [InlineData("0\t0\ta\t1\n", ":1: fields: 4, but expected query id, corpus id and, if any, relevance, separated by tabs")]
    [InlineData("0\ta\tmuch\n", ":1: the relevance is 'much': expected a number of at least 0")]
    [InlineData("0\ta\t-1\n", ":1: the relevance is '-1': expected a number of at least 0")]
    [InlineData("0\ta\tNaN\n", ":1: the relevance is 'NaN': expected a number of at least 0")]
    [InlineData("0\ta\n0\ta\n", ":2: query '0' and entry 'a' occur twice")]
    [InlineData("0\ta\t0\n", ": no query has a relevant entry")]
    [InlineData("", ": the file is empty")]
    public void Read_RelevanceThatDoesNotFit_SaysLineAndReason(string relevance, string message)
    {
        var options = Options(relevance);

        var exception = Assert.Throws<DataFormatException>(() => RetrievalSetReader.Read(options));

        Assert.Equal(options.Relevance + message, exception.Message);
    }

    [Fact]
    public void Read_IdTwice_SaysLine()
    {
        var options = Options("0\ta\n") with { Corpus = _folder.Write("c.jsonl", "{\"id\":\"a\",\"text\":\"A\"}\n{\"id\":\"a\",\"text\":\"B\"}\n") };

        Assert.Equal($"{options.Corpus}:2: the id 'a' occurs twice", Assert.Throws<DataFormatException>(() => RetrievalSetReader.Read(options)).Message);
    }

    private EvaluationOptions Options(string relevance) => new()
    {
        Queries = _folder.Write("q.jsonl", "{\"anchor\":\"first\"}\n{\"anchor\":\"second\"}\n{\"anchor\":\"third\"}\n"),
        Corpus = _folder.Write("c.jsonl", "{\"id\":\"a\",\"text\":\"A\"}\n{\"id\":\"b\",\"text\":\"B\"}\n{\"id\":\"c\",\"text\":\"C\"}\n"),
        Relevance = _folder.Write("r.tsv", relevance),
    };
}
