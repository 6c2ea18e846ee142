using System.Diagnostics;
using System.Security.Cryptography;
using Distributed.Testing;

namespace Distributed.Integration.Tests;

/// <summary>`distributed encode` with the real programs.</summary>
[Trait("Speed", "slow")]
public sealed class EncodingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Corpus => Path.Combine(Repository.Root, "data", "wordnet", "corpus.jsonl.gz");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("npy", "float32")]
    [InlineData("parquet", "int8")]
    [InlineData("jsonl", "binary")]
    public async Task Encode_AnyNumberOfWorkers_WritesTheSameBytes(string format, string dtype)
    {
        File.WriteAllLines(_folder.PathOf("texts.txt"), Enumerable.Range(0, 3000).Select(i => $"the {i % 1700} small cats {i % 7}"));
        var hashes = new List<string>();
        foreach (var workers in (int[])[1, 2, 3])
        {
            var output = _folder.PathOf($"out-{workers}.{format}");
            var result = await Programs.RunAsync(Start(_folder.PathOf("texts.txt"), output, "--dtype", dtype, "--normalize", "--workers", $"{workers}"), Cancellation);
            Assert.True(result is { ExitCode: 0, Output: "" }, $"{result}");
            Assert.Equal($"wrote {output}: 3,000 rows, 64 dimensions, {dtype}\n", result.Error);
            hashes.Add(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(output, Cancellation))));
        }

        Assert.Single(hashes.Distinct());
        Assert.Equal(4, Directory.GetFiles(_folder.Path).Length);
    }

    [Theory]
    [InlineData(0)] // which writes
    [InlineData(1)]
    public async Task Encode_WorkerKilled_EndsWithOneLineAndLeavesNothing(int rank)
    {
        var output = _folder.PathOf("out.npy");
        using var process = Process.Start(Start(Corpus, output, "--dtype", "int8", "--workers", "3"))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(Cancellation);

        Process.GetProcessById(await WorkerAsync(output, rank)).Kill();
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((1, $"error: worker {rank} was killed (signal 9), so the command ended\n"), (process.ExitCode, await error));
        Assert.Empty(RunProcesses.Of(output));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Encode_LauncherKilled_LeavesNoWorkerAndNoFile()
    {
        var output = _folder.PathOf("out.npy");
        using var process = Process.Start(Start(Corpus, output))!;
        var worker = await WorkerAsync(output, rank: 1);

        process.Kill();
        await process.WaitForExitAsync(Cancellation);

        await ProcessEnd.OfAsync(worker);
        foreach (var other in RunProcesses.Of(output))
            await ProcessEnd.OfAsync(other);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Encode_FromStandardInputToStandardOutput_IsOneProcess()
    {
        var start = Programs.Start("Cli", "distributed.dll", "encode", "--model", ReferenceData.PathOf("encoder", "mini-mean"), "--input", "-", "--dtype", "uint8");
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync("a cat\na dog\n");
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith("""{"text":"a cat","embedding":[""", await output, StringComparison.Ordinal);
        Assert.StartsWith("warning: uint8 ranges are those of 2 embeddings", await error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out.npy", "'shape': (0, 64)")]
    [InlineData("out.safetensors", "\"shape\":[0,64],\"data_offsets\":[0,0]")]
    [InlineData("out.jsonl", "")]
    public async Task Encode_NothingOnStandardInput_GivesNoRowsOfTheModelsWidth(string name, string header)
    {
        var output = _folder.PathOf(name);

        var result = await Programs.RunAsync(Start("-", output), Cancellation);

        Assert.Equal((0, $"wrote {output}: 0 rows, 64 dimensions, float32\n"), (result.ExitCode, result.Error));
        Assert.Contains(header, await File.ReadAllTextAsync(output, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encode_ReaderThatHasGone_EndsQuietlyThoughInputGoesOn()
    {
        var start = Programs.Start("Cli", "distributed.dll", "encode", "--model", ReferenceData.PathOf("encoder", "mini-mean"), "--input", "-");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        var feeding = FeedAsync(process.StandardInput);

        Assert.StartsWith("""{"text":"hello","embedding":[""", await process.StandardOutput.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        process.StandardOutput.Close(); // as head -1 does
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal((141, ""), (process.ExitCode, await error));
        await feeding;
    }

    /// <summary>Lines without end, until nobody takes them.</summary>
    private static async Task FeedAsync(StreamWriter input)
    {
        var lines = string.Concat(Enumerable.Repeat("hello\n", 4096));
        try
        {
            while (true)
                await input.WriteAsync(lines.AsMemory(), Cancellation);
        }
        catch (IOException)
        {
            // The command has ended.
        }
    }

    private static ProcessStartInfo Start(string input, string output, params IEnumerable<string> more) => Programs.Start("Cli", "distributed.dll",
        ["encode", "--model", ReferenceData.PathOf("encoder", "mini-mean"), "--input", input, "--output", output, .. more]);

    // The first one listens to nobody: it is there when it has its file open.
    private static Task<int> WorkerAsync(string output, int rank) =>
        GroupWorkers.WaitAsync(output, rank, rank == 0 ? (process, _) => HasOpen(process, Path.GetDirectoryName(output)!) : null);

    // A file without a name has that of its folder and a number.
    private static bool HasOpen(int process, string folder)
    {
        try
        {
            return new DirectoryInfo($"/proc/{process}/fd").EnumerateFiles().Any(file => file.LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
