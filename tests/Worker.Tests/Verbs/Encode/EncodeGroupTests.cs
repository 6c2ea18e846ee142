using Distributed.Testing;
using Distributed.Worker.Verbs.Encode;

namespace Distributed.Worker.Tests.Verbs.Encode;

/// <summary>Several ranks of the verb, in this process, over real sockets.</summary>
public sealed class EncodeGroupTests : IDisposable
{
    private const int WorldSize = 3;

    private readonly TemporaryFolder _folder = new();

    public EncodeGroupTests() => File.WriteAllLines(_folder.PathOf("texts.csv"), ["text", .. Enumerable.Range(0, 900).Select(i => $"the {i % 500} small cats {i % 7}")]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("npy", "float32")]
    [InlineData("parquet", "int8")]
    [InlineData("jsonl", "binary")]
    [InlineData("safetensors", "float16")]
    public async Task Encode_ThreeRanks_WritesTheBytesOfOne(string format, string dtype)
    {
        var alone = await VerbInvocation.RunAsync(EncodeVerb.Create(Hubs.None), Arguments($"alone.{format}", dtype));
        Assert.Equal((0, $"wrote {_folder.PathOf($"alone.{format}")}: 900 rows, 64 dimensions, {dtype}\n"), (alone.ExitCode, alone.Error));

        var ranks = await RunRanksAsync($"shared.{format}", dtype);

        Assert.Equal((0, $"wrote {_folder.PathOf($"shared.{format}")}: 900 rows, 64 dimensions, {dtype}\n"), (ranks[0].ExitCode, Complaints(ranks[0])));
        Assert.All(ranks.Skip(1), rank => Assert.Equal((0, ""), (rank.ExitCode, Complaints(rank))));
        Assert.Equal(File.ReadAllBytes(_folder.PathOf($"alone.{format}")), File.ReadAllBytes(_folder.PathOf($"shared.{format}")));
    }

    [Fact]
    public async Task Encode_Progress_IsOfAllTextsAndComesToTheEnd()
    {
        var ranks = await RunRanksAsync("shared.npy", "float32", "--batch-tokens", "64");

        var reports = ranks.SelectMany(rank => rank.Error.Split('\n')).Where(line => line.StartsWith("progress ", StringComparison.Ordinal)).ToArray();
        Assert.All(reports, report => Assert.Matches("^progress encoded [0-9]+ 900$", report));
    }

    [Fact]
    public async Task Encode_OutputThatRankZeroCannotWrite_EndsAllRanks()
    {
        var ranks = await RunRanksAsync(Path.Combine("none", "out.npy"), "float32");

        Assert.Contains("there is no such folder", ranks[0].OneLineOfRefusal(), StringComparison.Ordinal);
        Assert.All(ranks.Skip(1), rank => Assert.Equal(1, rank.ExitCode));
    }

    [Fact]
    public async Task Encode_BrokenLine_IsNamedOnceAndLeavesNothing()
    {
        File.AppendAllText(_folder.PathOf("texts.csv"), "\"open\n");

        var ranks = await RunRanksAsync("out.npy", "float32");

        Assert.Contains(ranks, rank => rank.ExitCode == 2 && Complaints(rank).Contains("texts.csv:902", StringComparison.Ordinal));
        Assert.False(File.Exists(_folder.PathOf("out.npy")));
        Assert.Equal(["texts.csv"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("-", "out.npy", "several processes read the texts: give a file, not standard input, or --workers 1")]
    [InlineData("texts.csv", "-", "several processes write to a file: give --output, or --workers 1")]
    public async Task Encode_StandardStreams_AreForOneProcess(string input, string output, string expected)
    {
        var run = await VerbInvocation.RunAsync(
            EncodeVerb.Create(Hubs.None), "--model", "x", "--input", input, "--output", output, "--peers", _folder.Path, "--rank", "0", "--world-size", "2");

        Assert.Equal($"error: {expected}", run.OneLineOfRefusal());
    }

    private string[] Arguments(string output, string dtype) =>
        ["--model", ReferenceData.PathOf("encoder", "mini-mean"), "--input", _folder.PathOf("texts.csv"), "--output", _folder.PathOf(output), "--dtype", dtype];

    private async Task<VerbInvocation[]> RunRanksAsync(string output, string dtype, params string[] more)
    {
        var peers = Directory.CreateTempSubdirectory("encode-");
        var ranks = await Task.WhenAll(Enumerable.Range(0, WorldSize).Select(rank => Task.Run(() => VerbInvocation.RunAsync(
            EncodeVerb.Create(Hubs.None), [.. Arguments(output, dtype), .. more, "--peers", peers.FullName, "--rank", $"{rank}", "--world-size", $"{WorldSize}"]))));
        peers.Delete(recursive: true);
        return ranks;
    }

    private static string Complaints(VerbInvocation rank) => string.Join('\n', rank.Error.Split('\n').Where(line => !line.StartsWith("progress ", StringComparison.Ordinal)));
}
