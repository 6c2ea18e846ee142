using System.Diagnostics;
using System.Security.Cryptography;
using Distributed.Testing;

namespace Distributed.Integration.Tests;

/// <summary>`distributed mine` with the real programs.</summary>
[Trait("Speed", "slow")]
public sealed class MiningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("top")]
    [InlineData("random")]
    public async Task Mine_AnyNumberOfWorkers_WritesTheSameBytes(string sampling)
    {
        var hashes = new List<string>();
        foreach (var workers in (int[])[1, 2, 3])
            hashes.Add(await HashAsync(workers, sampling));

        Assert.Single(hashes.Distinct());
        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task Mine_WorkerKilled_EndsWithOneLineAndLeavesNothing()
    {
        var output = _folder.PathOf("mined.jsonl");
        using var process = Process.Start(Start(output, "--workers", "3"))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(Cancellation);

        Process.GetProcessById(await GroupWorkers.WaitAsync(output, rank: 1)).Kill();
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((1, "error: worker 1 was killed (signal 9), so the command ended\n"), (process.ExitCode, await error));
        Assert.Empty(RunProcesses.Of(output));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Mine_LauncherKilled_LeavesNoWorkerAndNoFile()
    {
        var output = _folder.PathOf("mined.jsonl");
        using var process = Process.Start(Start(output))!;
        var worker = await GroupWorkers.WaitAsync(output, rank: 1);

        process.Kill();
        await process.WaitForExitAsync(Cancellation);

        await ProcessEnd.OfAsync(worker);
        foreach (var other in RunProcesses.Of(output))
            await ProcessEnd.OfAsync(other);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private static ProcessStartInfo Start(string output, params IEnumerable<string> more) => Programs.Start("Cli", "distributed.dll",
    [
        "mine",
        "--model", ReferenceData.PathOf("encoder", "mini-mean"),
        "--pairs", Path.Combine(Repository.Root, "data", "wordnet", "usage-train.jsonl.gz"),
        "--corpus", Path.Combine(Repository.Root, "data", "wordnet", "corpus.jsonl.gz"),
        "--negatives", "3", "--margin", "none", "--scores", "--output", output, .. more,
    ]);

    private async Task<string> HashAsync(int workers, string sampling)
    {
        var output = _folder.PathOf($"mined-{workers}.jsonl.gz");
        var result = await Programs.RunAsync(Start(output, "--limit", "500", "--sampling", sampling, "--workers", $"{workers}"), Cancellation);
        Assert.True(result.ExitCode == 0 && result.Error.Length == 0, $"{result}");
        Assert.StartsWith("500 pairs", result.Output, StringComparison.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(output, Cancellation)));
    }
}
