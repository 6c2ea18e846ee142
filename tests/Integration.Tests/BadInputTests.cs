using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Distributed.Testing;

namespace Distributed.Integration.Tests;

/// <summary>What a user gets for every kind of bad input: one clear line, an exit code, no stack trace, no model.</summary>
[Trait("Speed", "slow")]
public sealed class BadInputTests
{
    private const int BadInput = 2;

    private static readonly string WordNet = Path.Combine(Repository.Root, "data", "wordnet");

    /// <summary>Training files, and what the line must say.</summary>
    public static TheoryData<string, string> BrokenData => new()
    {
        { "", "rows.jsonl" },
        { "{\"anchor\": \"a\", \"positive\": \"b\"}\n{\"anchor\": \"c\", \"positive\": \n", "rows.jsonl:2:" },
        { "{\"anchor\": \"a\"}\n", "positive" },
        { "{\"anchor\": \"a\", \"positive\": \"b\"}\n", "row" },
    };

    [Theory]
    [MemberData(nameof(BrokenData))]
    public async Task Train_BrokenData_OneLine(string rows, string expected)
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        UseRows(run, rows);

        await AssertRefusedAsync(run, expected);
    }

    [Fact]
    public async Task Train_MissingFile_OneLineWithItsPlaceInTheJob()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        Edit(run, Path.Combine(WordNet, "usage-train.jsonl.gz"), "nowhere.jsonl");

        await AssertRefusedAsync(run, "nowhere.jsonl");
    }

    [Fact]
    public async Task Train_BatchHardWithoutLabels_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Labelled);
        Edit(run, "  label: label\n", "");

        await AssertRefusedAsync(run, "loss.kind batch-hard needs data.label");
    }

    [Fact]
    public async Task Train_BatchOfOneRow_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        Edit(run, "rows: 64", "rows: 1");

        await AssertRefusedAsync(run, "batch.rows");
    }

    [Fact]
    public async Task Train_VocabularyWithoutUnknownToken_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        Edit(run, Path.Combine(WordNet, "vocab.txt"), run.Write("vocab.txt", "[PAD]\n[CLS]\n[SEP]\na\n"u8.ToArray()));

        await AssertRefusedAsync(run, "[UNK]");
    }

    [Fact]
    public async Task Train_ModelOfUnknownArchitecture_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        var model = CopyOfSmallModel(run);
        File.WriteAllText(Path.Combine(model, "config.json"), """{ "model_type": "perceiver", "vocab_size": 10 }""");
        UseModel(run, model);

        await AssertRefusedAsync(run, "perceiver");
    }

    [Fact]
    public async Task Train_TruncatedWeights_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        var model = CopyOfSmallModel(run);
        using (var weights = File.OpenWrite(Path.Combine(model, "model.safetensors")))
            weights.SetLength(weights.Length / 2);
        UseModel(run, model);

        await AssertRefusedAsync(run, "model.safetensors");
    }

    [Fact]
    public async Task Train_OutputFolderNotWritable_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        Edit(run, run.Output, "/proc/nowhere");

        await AssertRefusedAsync(run, "/proc/nowhere");
    }

    [Fact]
    public async Task Coordinator_PortInUse_OneLine()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var result = await Programs.RunAsync(
            Programs.Start("Coordinator", "Distributed.Coordinator.dll", ["--job", run.JobFile, "--listen", $"http://{taken.LocalEndpoint}"]),
            TestContext.Current.CancellationToken);

        AssertOneLine(result, BadInput, $"{((IPEndPoint)taken.LocalEndpoint).Port}");
    }

    [Fact]
    public async Task Worker_NoCoordinator_OneLineAndItsOwnExitCode()
    {
        using var run = new RunUnderTest(SmallJob.Pairs);

        var result = await Programs.RunAsync(
            Programs.Start("Worker", "Distributed.Worker.dll", ["run", "--job", run.JobFile, "--coordinator", "http://127.0.0.1:1", "--id", "worker-0", "--patience", "3"]),
            TestContext.Current.CancellationToken);

        AssertOneLine(result, exitCode: 3, "http://127.0.0.1:1/ did not answer for 3 s");
    }

    private static async Task AssertRefusedAsync(RunUnderTest run, string expected)
    {
        var result = await Programs.RunAsync(
            Programs.Start("Cli", "distributed.dll", ["train", run.JobFile]), TestContext.Current.CancellationToken);

        AssertOneLine(result, BadInput, expected);
        Assert.False(Directory.Exists(Path.Combine(run.Output, "model")), "a model was written");
        Assert.Empty(RunProcesses.Of(run.Output));
    }

    private static void AssertOneLine(ProgramResult result, int exitCode, string expected)
    {
        var everything = result.Output + result.Error;
        Assert.True(result.ExitCode == exitCode, $"{result}");
        var lines = everything.Split('\n').Where(line => line.Contains(expected, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines.GroupBy(Speaker), said => Assert.True(said.Count() == 1, $"{said.Key} says it {said.Count()} times\n{result}"));
        Assert.DoesNotContain("   at ", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", everything, StringComparison.Ordinal);
    }

    /// <summary>Whose line it is: with two workers on bad input each may say so, once.</summary>
    private static string Speaker(string line) =>
        line.StartsWith('{') && JsonDocument.Parse(line).RootElement.TryGetProperty("WorkerId", out var worker) ? worker.GetString()! : "launcher or coordinator";

    private static void Edit(RunUnderTest run, string old, string replacement)
    {
        var text = File.ReadAllText(run.JobFile);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(run.JobFile, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    private static void UseRows(RunUnderTest run, string rows)
    {
        Edit(run, Path.Combine(WordNet, "usage-train.jsonl.gz"), run.Write("rows.jsonl", Encoding.UTF8.GetBytes(rows)));
        Edit(run, "[anchor, positive, negative]", "[anchor, positive]");
        Edit(run, "  limit: 2000\n", "");
    }

    private static void UseModel(RunUnderTest run, string folder)
    {
        var text = File.ReadAllText(run.JobFile);
        var start = text.IndexOf("  new:", StringComparison.Ordinal);
        var end = text.IndexOf("  dropout:", StringComparison.Ordinal);
        File.WriteAllText(run.JobFile, text[..start] + $"  folder: {folder}\n" + text[end..]);
    }

    private static string CopyOfSmallModel(RunUnderTest run)
    {
        var source = Path.Combine(Repository.Root, "tests", "reference", "encoder", "mini-mean");
        var target = Path.Combine(Path.GetDirectoryName(run.JobFile)!, "model");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return target;
    }
}
