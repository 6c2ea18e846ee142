using Distributed.Testing;
using Distributed.Worker.Verbs.Mining;

namespace Distributed.Worker.Tests.Verbs.Mining;

/// <summary>Several ranks of the verb, in this process, over real sockets.</summary>
public sealed class MineGroupTests : IDisposable
{
    private const int WorldSize = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mine_ThreeRanks_WritesTheBytesOfOne()
    {
        WritePairs();
        var alone = await VerbInvocation.RunAsync(MineVerb.Create(Hubs.None), Arguments("alone.jsonl.gz"));
        Assert.Equal((0, ""), (alone.ExitCode, alone.Error));

        var ranks = await RunRanksAsync("shared.jsonl.gz");

        Assert.All(ranks, rank => Assert.Equal(0, rank.ExitCode));
        Assert.Equal(alone.Output.Replace("alone", "shared", StringComparison.Ordinal), ranks[0].Output);
        Assert.All(ranks.Skip(1), rank => Assert.Equal("", rank.Output));
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("alone.jsonl.gz")), File.ReadAllBytes(_folder.PathOf("shared.jsonl.gz")));
    }

    [Fact]
    public async Task Mine_OutputThatRankZeroCannotWrite_EndsAllRanks()
    {
        WritePairs();

        var ranks = await RunRanksAsync(Path.Combine("none", "mined.jsonl"));

        Assert.Contains("there is no such folder", ranks[0].OneLineOfRefusal(), StringComparison.Ordinal);
        Assert.All(ranks.Skip(1), rank => Assert.Equal(1, rank.ExitCode));
        Assert.All(ranks.Skip(1), rank => Assert.StartsWith("error: ", Assert.Single(rank.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal));
    }

    private void WritePairs() => File.WriteAllLines(
        _folder.PathOf("pairs.csv"), ["anchor,positive", .. Enumerable.Range(0, 700).Select(i => $"the {i % 90} small cat {i % 7},a {i % 300} dog")]);

    private string[] Arguments(string output) =>
    [
        "--model", ReferenceData.PathOf("encoder", "mini-mean"), "--pairs", _folder.PathOf("pairs.csv"), "--output", _folder.PathOf(output),
        "--negatives", "4", "--margin", "none", "--sampling", "random", "--scores",
    ];

    private async Task<VerbInvocation[]> RunRanksAsync(string output)
    {
        var peers = Directory.CreateTempSubdirectory("mine-");
        var ranks = await Task.WhenAll(Enumerable.Range(0, WorldSize).Select(rank => Task.Run(() => VerbInvocation.RunAsync(
            MineVerb.Create(Hubs.None), [.. Arguments(output), "--peers", peers.FullName, "--rank", $"{rank}", "--world-size", $"{WorldSize}"]))));
        peers.Delete(recursive: true);
        return [.. ranks.Select(rank => rank with { Error = string.Join('\n', rank.Error.Split('\n').Where(line => !line.StartsWith("progress ", StringComparison.Ordinal))) })];
    }
}
