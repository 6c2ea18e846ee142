using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Jobs.Losses;

namespace Distributed.Data.Tests.Reading;

public sealed class DatasetReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_TwoDatasets_FollowOneAnother()
    {
        var set = TrainingSetReader.Read([Pairs("pairs.jsonl", rows: 3), Classes("classes.jsonl")]);

        Assert.Equal(["a0", "a1", "a2", "t0", "t1"], set.Rows.Select(row => row.Texts[0]));
        Assert.Equal([-1, -1, -1, 0, 1], set.Rows.Select(row => row.Label));
        Assert.Equal(
            [("pairs.jsonl", 0, 3, 2), ("classes.jsonl", 3, 2, 1)],
            set.Datasets.Select(dataset => (dataset.Name, dataset.FirstRow, dataset.RowCount, dataset.ColumnCount)));
        Assert.Equal(["x", "y"], set.Datasets[1].Classes);
        Assert.Equal([0, 0, 0, 1, 1], Enumerable.Range(0, 5).Select(set.DatasetOf));
        Assert.Equal(["t0", "t1"], set.RowsOf(1).Select(row => row.Texts[0]));
    }

    [Fact]
    public void Fingerprint_SameRowsInOtherDatasets_Differs()
    {
        var one = TrainingSetReader.Read([Pairs("a", rows: 2), Pairs("b", rows: 2)]);
        var other = TrainingSetReader.Read([Pairs("b", rows: 2), Pairs("a", rows: 2)]);

        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("scores.jsonl", "{\"a\":\"x\",\"b\":\"y\",\"s\":0.25}\n{\"a\":\"x\",\"b\":\"y\",\"s\":3}\n{\"a\":\"x\",\"b\":\"y\",\"s\":-1e-1}\n")]
    [InlineData("scores.csv", "a,b,s\nx,y,0.25\nx,y,3\nx,y,-1e-1\n")]
    public void Read_Scores_MayBeFractions(string name, string content) =>
        Assert.Equal([0.25f, 3, -0.1f], TrainingSetReader.Read([Scored(_folder.Write(name, content), new ScoreLossOptions())]).Rows.Select(row => row.Score));

    [Theory]
    [InlineData("{\"a\":\"x\",\"b\":\"y\",\"s\":true}", "1: 's' is true or false: expected a number")]
    [InlineData("{\"a\":\"x\",\"b\":\"y\",\"s\":\"high\"}", "1: 's' is 'high': expected a number")]
    [InlineData("{\"a\":\"x\",\"b\":\"y\",\"s\":1e400}", "1: 's' is '1e400': expected a number")]
    [InlineData("{\"a\":\"x\",\"b\":\"y\",\"s\":null}", "1: 's' is empty: expected a number")]
    [InlineData("{\"a\":\"x\",\"b\":0.5,\"s\":1}", "1: 'b' is a number: expected text, or for a class or an id a whole number")]
    public void Read_ScoreThatIsNone_SaysFileLineAndReason(string content, string message) =>
        Assert.Equal($"{_folder.File("a.jsonl")}:{message}", Mistake(Scored(_folder.Write("a.jsonl", content), new ScoreLossOptions())));

    [Theory]
    [InlineData(false, "contrastive")]
    [InlineData(true, "online-contrastive")]
    public void Read_ContrastiveScoreBeside0And1_SaysFileLineAndReason(bool online, string kind)
    {
        var file = _folder.Write("a.csv", "a,b,s\nx,y,1\nx,y,0.0\nx,y,0.5\n");

        Assert.Equal(
            $"{file}:4: 's' is 0.5: loss.kind {kind} needs 1 for texts that belong together, or 0",
            Mistake(Scored(file, new ContrastiveLossOptions { Online = online })));
    }

    [Fact]
    public void Read_TripletWithoutItsNegative_SaysFileLineAndReason()
    {
        var file = _folder.Write("a.jsonl", "{\"a\":\"x\",\"b\":\"y\",\"c\":\"z\"}\n{\"a\":\"x\",\"b\":\"y\",\"c\":\"\"}");
        var dataset = new DatasetOptions { Data = new DataOptions { Train = [file], Columns = ["a", "b", "c"] }, Loss = new TripletLossOptions() };

        Assert.Equal($"{file}:2: 'c' is empty: expected text", Mistake(dataset));
    }

    private static string Mistake(DatasetOptions dataset) => Assert.Throws<DataFormatException>(() => TrainingSetReader.Read([dataset])).Message;

    private static DatasetOptions Scored(string file, LossOptions loss) =>
        new() { Data = new DataOptions { Train = [file], Columns = ["a", "b"], Score = "s" }, Loss = loss };

    private DatasetOptions Pairs(string name, int rows)
    {
        var lines = Enumerable.Range(0, rows).Select(row => $"{{\"anchor\":\"a{row}\",\"positive\":\"p{row}\"}}");
        return new() { Name = name, Data = new DataOptions { Train = [_folder.Write($"{name}.jsonl", string.Join('\n', lines))] } };
    }

    private DatasetOptions Classes(string name) => new()
    {
        Name = name,
        Data = new DataOptions
        {
            Train = [_folder.Write($"{name}.jsonl", "{\"t\":\"t0\",\"c\":\"x\"}\n{\"t\":\"t1\",\"c\":\"y\"}")], Columns = ["t"], Label = "c",
        },
        Loss = new MinedTripletLossOptions(),
    };
}
