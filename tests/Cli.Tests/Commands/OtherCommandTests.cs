using System.Runtime.InteropServices;
using Distributed.Jobs;

namespace Distributed.Cli.Tests.Commands;

public sealed class OtherCommandTests : IDisposable
{
    private readonly RealLauncher _launcher = new();

    public void Dispose() => _launcher.Dispose();

    [Theory]
    [InlineData("encode")]
    [InlineData("evaluate")]
    [InlineData("check-loss")]
    [InlineData("merge")]
    public async Task WorkerVerb_AnyArguments_ArePassedOnWithTheExitCode(string verb)
    {
        _launcher.Install("Worker", "printf '[%s]' \"$@\"; echo oops >&2; exit 5");

        using var run = _launcher.Start(verb, "--model", "a b", "--", "-x", "--help");
        var ended = await run.EndAsync();

        Assert.Equal((5, $"[{verb}][--model][a b][--][-x][--help]", "oops\n"), (ended.ExitCode, ended.Output, ended.Error));
    }

    [Theory]
    [InlineData("encode", "--input texts.txt")]
    [InlineData("evaluate", "--job job.yaml")]
    [InlineData("check-loss", "check-loss job.yaml")]
    [InlineData("merge", "--adapter runs/job/model")]
    public async Task WorkerVerb_Help_NamesThisCommandAndHasAnExample(string verb, string example)
    {
        _launcher.Install("Worker", $"echo 'Usage:'; echo '  Distributed.Worker {verb} [options]'");

        using var run = _launcher.Start(verb, "--help");
        var ended = await run.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.StartsWith($"Usage:\n  distributed {verb} [options]\n\nExample:\n  distributed {verb} ", ended.Output, StringComparison.Ordinal);
        Assert.Contains(example, ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, 2)]
    [InlineData(PosixSignal.SIGTERM, 15)]
    public async Task WorkerVerb_Signal_ReachesTheProgram(PosixSignal signal, int number)
    {
        _launcher.Install("Worker", $"trap 'exit 42' {number}; " + _launcher.Fakes.Leave("worker-pid") + "while :; do sleep 0.05; done");
        using var run = _launcher.Start("encode");
        await _launcher.Fakes.TraceAsync("worker-pid", 1);

        run.Signal(signal);

        Assert.Equal(42, (await run.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task WorkerVerb_ProgramThatIgnoresTheSignal_IsKilled()
    {
        _launcher.Install("Worker", "trap '' 15; " + _launcher.Fakes.Leave("worker-pid") + "while :; do sleep 0.05; done");
        using var run = _launcher.Start("encode");
        await _launcher.Fakes.TraceAsync("worker-pid", 1);

        run.Signal(PosixSignal.SIGTERM);

        Assert.Equal(137, (await run.EndAsync()).ExitCode);
        await _launcher.Fakes.AllEndedAsync();
    }

    [Fact]
    public async Task Init_NewFile_HoldsTheTemplateAndIsNeverOverwritten()
    {
        var path = Path.Combine(_launcher.Sample.Folder, "job.yaml");

        using var first = _launcher.Start("init");
        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        Assert.Equal(JobFile.Template, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        using var second = _launcher.Start("init", "job.yaml");
        var ended = await second.EndAsync();
        Assert.Equal((2, "job.yaml: it exists already and is not overwritten\n"), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task Init_FolderThatIsMissing_SaysSo()
    {
        using var run = _launcher.Start("init", "none/job.yaml");

        var ended = await run.EndAsync();

        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("none/job.yaml: it cannot be written", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "distributed train job.yaml")]
    [InlineData("train --help", "distributed train jobs/wordnet.yaml")]
    [InlineData("init --help", "distributed init job.yaml")]
    [InlineData("--version", "0.")]
    public async Task Help_OfEveryVerb_HasAnExample(string arguments, string expected)
    {
        using var run = _launcher.Start(arguments.Split(' '));

        var ended = await run.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
    }
}
