using System.Text;
using Distributed.Data.Reading;

namespace Distributed.Data.Tests.Reading;

public sealed class TableReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The same two rows in every format.</summary>
    public static TheoryData<string, string> Formats => new()
    {
        { "a.jsonl", "{\"text\": \"a \\\"quoted\\\" word\", \"label\": 7}\n{\"x\": [1, {\"text\": 2}], \"text\": \"ü😀\", \"label\": \"b\"}\n" },
        { "a.json", "\uFEFF{\"text\":\"a \\\"quoted\\\" word\",\"label\":7}\r\n\r\n{\"label\":\"b\",\"text\":\"\\u00fc\\ud83d\\ude00\",\"text2\":null}" },
        { "a.ndjson.gz", "{\"text\": \"a \\\"quoted\\\" word\", \"label\": 7}\n{\"text\": \"ü😀\", \"label\": \"b\"}\n" },
        { "a.csv", "label,text\n7,\"a \"\"quoted\"\" word\"\nb,ü😀\n" },
        { "a.csv.gz", "\uFEFFlabel,other,text\r\n7,1,\"a \"\"quoted\"\" word\"\r\n\r\nb,2,ü😀" },
        { "a.tsv", "text\tlabel\na \"quoted\" word\t7\nü😀\tb\n" },
        { "A.TSV.GZ", "text\tlabel\r\na \"quoted\" word\t7\r\nü😀\tb" },
    };

    [Theory, MemberData(nameof(Formats))]
    public void Read_EveryFormat_GivesTheSameRows(string name, string content)
    {
        var file = _folder.Write(name.Replace(".GZ", ".gz", StringComparison.Ordinal), content);

        var rows = TableReader.Read(file, ["text", "label"], ["absent"]).ToList();

        Assert.Equal(["a \"quoted\" word", "ü😀"], rows.Select(row => row.RequiredText("text")));
        Assert.Equal(["7", "b"], rows.Select(row => row.RequiredName("label")));
        Assert.All(rows, row => Assert.Null(row["absent"]));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"b\"}\n", 1, 3)]
    [InlineData("a.csv", "text,label\n\"a\nover\nlines\",1\n\nb,2\n", 2, 6)]
    [InlineData("a.tsv", "text\na\n\n\nb\n", 2, 5)]
    public void Read_BlankLinesAndLineBreaks_RowsKnowTheirLine(string name, string content, int first, int second)
    {
        var rows = TableReader.Read(_folder.Write(name, content), ["text"], []).ToList();

        Assert.Equal([first, second], rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("a.txt", "", "unknown format: expected .jsonl, .csv or .tsv, each plain or .gz, or .parquet")]
    [InlineData("a.parquet.gz", "", "unknown format: expected .jsonl, .csv or .tsv, each plain or .gz, or .parquet")]
    [InlineData("a.jsonl", "", "the file is empty")]
    [InlineData("a.csv", "", "the file is empty")]
    [InlineData("a.csv", "\n\n", "the file is empty")]
    [InlineData("a.jsonl.gz", "", "the file is empty")]
    [InlineData("a.csv.gz", "", "the file is empty")]
    [InlineData("a.parquet", "", "the file is empty")]
    public void Read_FileAsAWhole_SaysWhatIsWrong(string name, string content, string reason)
    {
        var file = _folder.Write(name, content);

        Assert.Equal($"{file}: {reason}", Failure(file).Message);
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"\n", 2, "broken JSON at character 12: ")]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"üü\" 3}\n", 2, "broken JSON at character 14: ")]
    [InlineData("a.jsonl", "{\"text\":\"a\"} {}\n", 1, "broken JSON at character 14: ")]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\nwords\n", 2, "broken JSON at character 1: ")]
    [InlineData("a.jsonl", "{\"text\":\"\\ud800\"}\n", 1, "broken JSON: an escape such as \\ud800 is half a character")]
    [InlineData("a.jsonl", "[\n{\"text\":\"a\"}]\n", 1, "expected a JSON object: {\"column\": \"text\", …}")]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n3\n", 2, "expected a JSON object: {\"column\": \"text\", …}")]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n{\"txt\":\"a\",\"label\":1}\n", 2, "no column 'text'; there are: txt, label")]
    [InlineData("a.jsonl", "{\"text\":{\"a\":1}}\n", 1, "'text' is an object: expected text, or for a class or an id a whole number")]
    [InlineData("a.jsonl", "{\"text\":[\"a\"]}\n", 1, "'text' is a list: expected text, or for a class or an id a whole number")]
    [InlineData("a.jsonl", "{\"text\":1.5}\n", 1, "'text' is a number: expected text, or for a class or an id a whole number")]
    [InlineData("a.jsonl", "{\"text\":true}\n", 1, "'text' is true or false: expected text, or for a class or an id a whole number")]
    [InlineData("a.csv", "txt,label\na,1\n", 1, "no column 'text'; there are: txt, label")]
    [InlineData("a.csv", "text,label\na,1\nb\n", 3, "fields: 1, but the header has 2")]
    [InlineData("a.csv", "text,label\na,1\nb,2,3\n", 3, "fields: 3, but the header has 2")]
    [InlineData("a.csv", "text\na\nb\"c\n", 3, "a quote inside an unquoted field")]
    [InlineData("a.csv", "text\na\n\"b\"c\n", 3, "text after the closing quote")]
    [InlineData("a.csv", "text\na\n\"b\nc\n", 3, "a quoted field")]
    [InlineData("a.csv", "text,text\na,b\n", 1, "two columns 'text'")]
    [InlineData("a.tsv", "text\tlabel\na\n", 2, "fields: 1, but the header has 2")]
    public void Read_RowThatDoesNotFit_SaysLineAndReason(string name, string content, int line, string reason)
    {
        foreach (var file in (ReadOnlySpan<string>)[_folder.Write(name, content), _folder.Write(name + ".gz", content)])
        {
            var failure = Failure(file);
            Assert.Equal((file, line), (failure.File, failure.Line));
            Assert.StartsWith(reason, failure.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Theory]
    [InlineData("{\"text\":\"\"}", "'text' is empty: expected text")]
    [InlineData("{\"text\":\" \\t\"}", "'text' is empty: expected text")]
    [InlineData("{\"text\":null}", "'text' is empty: expected text")]
    [InlineData("{\"text\":12}", "'text' is the number 12: expected text")]
    public void RequiredText_EmptyOrNumber_SaysSo(string json, string reason)
    {
        var row = Assert.Single(TableReader.Read(_folder.Write("a.jsonl", json), ["text"], []));

        Assert.Equal(reason, Assert.Throws<DataFormatException>(() => row.RequiredText("text")).Reason);
    }

    [Theory]
    [InlineData("{\"text\":\"\"}")]
    [InlineData("{\"text\":null}")]
    public void RequiredName_Empty_SaysSo(string json)
    {
        var row = Assert.Single(TableReader.Read(_folder.Write("a.jsonl", json), ["text"], []));

        Assert.Equal("'text' is empty: expected text or a whole number", Assert.Throws<DataFormatException>(() => row.RequiredName("text")).Reason);
    }

    [Theory]
    [InlineData("missing.jsonl")]
    [InlineData("missing.csv.gz")]
    [InlineData("nowhere/missing.parquet")]
    public void Read_MissingFile_SaysSo(string name) =>
        Assert.Equal($"{_folder.File(name)}: no such file", Failure(_folder.File(name)).Message);

    [Fact]
    public void Read_Folder_SaysSo()
    {
        Directory.CreateDirectory(_folder.File("a.jsonl"));

        Assert.StartsWith($"{_folder.File("a.jsonl")}: cannot be read: ", Failure(_folder.File("a.jsonl")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"\u00ff\"}\n", 2)]
    [InlineData("a.csv", "text\na\n\u00ff\n", 3)]
    [InlineData("a.tsv", "text\na\n\u00ff\n", 3)]
    public void Read_NotUtf8_SaysLine(string name, string latin1, int line)
    {
        var failure = Failure(_folder.Write(name, Encoding.Latin1.GetBytes(latin1)));

        Assert.Equal((line, "not valid UTF-8"), (failure.Line, failure.Reason));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"", 2)]
    [InlineData("a.csv", "text\na\n", 3)]
    [InlineData("a.csv", "text\na\n\"", 3)]
    [InlineData("a.tsv", "text\na\n", 3)]
    public void Read_LineLongerThanTheLimit_SaysLine(string name, string start, int line)
    {
        var failure = Failure(_folder.Write(name + ".gz", start + new string('x', 17 << 20) + "\n"));

        Assert.Equal(line, failure.Line);
        Assert.Contains("16 MiB", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LongLinesOverBufferEdges_AreWhole()
    {
        var texts = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), i * 997)).ToList();

        var rows = TableReader.Read(_folder.Write("a.jsonl", string.Join('\n', texts.Select(text => $"{{\"text\":\"{text}\"}}"))), ["text"], []);

        Assert.Equal(texts, rows.Select(row => row["text"]!));
    }

    [Fact]
    public void Read_GzipInTwoMembers_GivesBoth()
    {
        var first = File.ReadAllBytes(_folder.Write("1.jsonl.gz", "{\"text\":\"a\"}\n"));
        var second = File.ReadAllBytes(_folder.Write("2.jsonl.gz", "{\"text\":\"b\"}\n"));
        File.WriteAllBytes(_folder.File("both.jsonl.gz"), [.. first, .. second]);

        Assert.Equal(["a", "b"], TableReader.Read(_folder.File("both.jsonl.gz"), ["text"], []).Select(row => row["text"]));
    }

    [Theory]
    [InlineData("a.jsonl.gz", "{\"text\":\"a number such as 0123456789\"}\n")]
    [InlineData("a.csv.gz", "text\n\"a number such as 0123456789\"\n")]
    [InlineData("a.tsv.gz", "text\na number such as 0123456789\n")]
    public void Read_GzipCutShortAnywhere_SaysSo(string name, string content)
    {
        var whole = File.ReadAllBytes(_folder.Write("whole" + name, content));
        for (var length = 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File(name), whole.AsSpan(0, length));
            Assert.StartsWith("the gzip data is damaged or cut short", Failure(_folder.File(name)).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_NotGzip_SaysSo()
    {
        File.WriteAllText(_folder.File("a.jsonl.gz"), "{\"text\":\"plain\"}\n");

        Assert.StartsWith("the gzip data is damaged or cut short", Failure(_folder.File("a.jsonl.gz")).Reason, StringComparison.Ordinal);
    }

    private static DataFormatException Failure(string file) =>
        Assert.Throws<DataFormatException>(() => { _ = TableReader.Read(file, ["text"], []).Count(); });
}
