using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Distributed.Cli.Tests.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly RealLauncher _launcher = new();

    public void Dispose() => _launcher.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Train_AskedToStop_StopsCleanlyAndSaysHowToGoOn(PosixSignal signal)
    {
        Install($"touch '{_launcher.Fakes.OutputFolder}/journal.db'; " + _launcher.Fakes.ObedientCoordinator);
        using var run = _launcher.Train("--set", "seed=7");
        await _launcher.Fakes.TraceAsync("worker-pid", 2);

        run.Signal(signal);
        var ended = await run.EndAsync();

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var lines = Clef(ended.Output);
        Assert.Contains(lines, line => ((string?)line["@mt"])!.StartsWith("stopping: finishing the step", StringComparison.Ordinal));
        Assert.Equal("Stopped", (string?)lines[^1]["Outcome"]);
        Assert.Equal(
            $"dotnet {_launcher.Program} train {_launcher.Sample.File} --set seed=7 --output {_launcher.Fakes.OutputFolder}", (string?)lines[^1]["Next"]![0]);
        await AllEndedAsync();
    }

    [Fact]
    public async Task Train_AskedTwice_EndsAtOnceWithTheShellsCode()
    {
        Install(_launcher.Fakes.Listening() + "while read -r line; do :; done; exit 0");
        using var run = _launcher.Train();
        await _launcher.Fakes.TraceAsync("worker-pid", 2);

        run.Signal(PosixSignal.SIGINT);
        await _launcher.Fakes.LogAsync("stopping:");
        run.Signal(PosixSignal.SIGINT);

        Assert.Equal(130, (await run.EndAsync()).ExitCode);
        await AllEndedAsync();
    }

    [Fact]
    public async Task Train_LauncherIsKilled_LeavesNoOrphan()
    {
        Install(_launcher.Fakes.ObedientCoordinator);
        using var run = _launcher.Train("--workers", "3");
        await _launcher.Fakes.TraceAsync("worker-pid", 3);

        run.Kill();

        Assert.Equal(137, (await run.EndAsync()).ExitCode);
        await AllEndedAsync();
    }

    [Fact]
    public async Task Train_DotnetRunIsKilled_LeavesNoOrphan()
    {
        Install(_launcher.Fakes.ObedientCoordinator);
        using var run = _launcher.TrainBelowDotnetRun();
        await _launcher.Fakes.TraceAsync("worker-pid", 2);

        run.Kill();

        await run.EndAsync();   // its output ends with the launcher
        await AllEndedAsync();
    }

    [Fact]
    public async Task Train_CompleteRun_IsNotRepeatedUnlessAskedTo()
    {
        var folder = _launcher.Fakes.OutputFolder;
        Install(_launcher.Fakes.Leave("lives") + $"mkdir -p '{folder}/model'; touch '{folder}/journal.db' '{folder}/model/modules.json'; " + "exit 0");

        using var first = _launcher.Train();
        var completed = Clef((await first.EndAsync()).Output)[^1];
        Assert.Equal(("Completed", $"{folder}/model"), ((string?)completed["Outcome"], (string?)completed["ModelFolder"]));

        using var second = _launcher.Train();
        var again = await second.EndAsync();
        Assert.Equal(0, again.ExitCode);
        Assert.StartsWith("This job is complete: its model is in " + folder, again.Output, StringComparison.Ordinal);
        Assert.Single(_launcher.Fakes.Traces("lives"));

        using var fresh = _launcher.Train("--fresh");
        Assert.Equal(0, (await fresh.EndAsync()).ExitCode);
        Assert.Equal(2, _launcher.Fakes.Traces("lives").Length);
    }

    [Fact]
    public async Task Train_FolderOfAnotherJob_IsRefused()
    {
        Install($"touch '{_launcher.Fakes.OutputFolder}/journal.db'; exit 0");
        using var first = _launcher.Train();
        await first.EndAsync();

        using var other = _launcher.Train("--set", "seed=99");
        var ended = await other.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("it holds a run of another job", Assert.Single(Lines(ended.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--fresh")]
    public async Task Train_FolderWithFilesOfSomebodyElse_IsLeftAsItWas(params string[] more)
    {
        var file = _launcher.Sample.Write("mine/notes.txt", "mine");

        using var run = _launcher.Start(["train", _launcher.Sample.File, "--output", Path.GetDirectoryName(file)!, .. more]);
        var ended = await run.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("it holds files that no run wrote", Assert.Single(Lines(ended.Error)), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task Train_MistakesInTheJob_AreAllReported()
    {
        var job = _launcher.Sample.Write("bad.yaml", "model: {folder: none}\nsede: 3\ndata: {train: train.jsonl}\noutput: {folder: x}\nbatch: {rows: many}\n");

        using var run = _launcher.Start("train", job);
        var ended = await run.EndAsync();

        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(Lines(ended.Error), line => line.StartsWith($"{job}:2: ", StringComparison.Ordinal));
        Assert.Contains(Lines(ended.Error), line => line.StartsWith($"{job}:5: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_WorkerRefuses_EndsWithItsLineAndCode()
    {
        Install(_launcher.Fakes.ObedientCoordinator, "echo 'train.jsonl:1: broken' >&2; exit 2");

        using var run = _launcher.Train();
        var ended = await run.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(Clef(ended.Output), line => (string?)line["Line"] == "train.jsonl:1: broken");
        Assert.Equal(("Failed", null), ((string?)Clef(ended.Output)[^1]["Outcome"], (string?)Clef(ended.Output)[^1]["Reason"]));
        await AllEndedAsync();
    }

    [Fact]
    public async Task Train_FolderThatCannotBeMade_IsRefusedByName()
    {
        using var run = _launcher.Start("train", _launcher.Sample.File, "--output", "/proc/foo");
        var ended = await run.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("cannot create the output folder /proc/foo: ", Assert.Single(Lines(ended.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("distributed --help lists the commands")]
    [InlineData("distributed --help lists the commands", "trian", "x")]
    [InlineData("distributed train --help lists the options", "train")]
    public async Task Start_WrongWords_NamesTheHelp(string expected, params string[] arguments)
    {
        using var run = _launcher.Start(arguments);
        var ended = await run.EndAsync();

        Assert.Equal((2, expected), (ended.ExitCode, Lines(ended.Error)[^1]));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("train", "JOB", "--set", "nonsense")]
    [InlineData("train", "JOB", "--workers", "two")]
    [InlineData("no-such-verb")]
    public async Task Train_BadArguments_AreRefused(params string[] arguments)
    {
        using var run = _launcher.Start(arguments);

        var ended = await run.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.NotEmpty(ended.Error);
    }

    private void Install(string coordinator, string? worker = null)
    {
        _launcher.Install("Coordinator", coordinator);
        _launcher.Install("Worker", worker ?? _launcher.Fakes.PatientWorker);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Every line is a JSON object: the output is no terminal.</summary>
    private static JsonNode[] Clef(string output) => [.. Lines(output).Select(line => JsonNode.Parse(line)!)];

    private Task AllEndedAsync() => _launcher.Fakes.AllEndedAsync();
}
