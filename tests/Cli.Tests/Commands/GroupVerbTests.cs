using System.Runtime.InteropServices;

namespace Distributed.Cli.Tests.Commands;

/// <summary>The real command with scripts in the place of the workers: "$3" is the rank, "$5" the number of workers, "$7" the folder they share.</summary>
public sealed class GroupVerbTests : IDisposable
{
    // Waits for its end as a worker does: SIGTERM, or standard input closed.
    private const string Work = "trap 'exit 130' 15; while true; do read -r -t 0.1 line; [ $? -eq 1 ] && exit 1; done";

    private readonly RealLauncher _launcher = new();

    public void Dispose() => _launcher.Dispose();

    [Fact]
    public async Task Mine_AllSucceed_GivesRankZerosWords()
    {
        _launcher.Install("Worker", "echo \"$3 of $5\"; shift 8; printf '[%s]' \"$@\"; echo \"warning $3\" >&2");

        var ended = await RunAsync("mine", "--model", "a b", "--workers", "3", "--margin", "-1");

        Assert.Equal((0, "0 of 3\n[--model][a b][--workers][3][--margin][-1]\n"), (ended.ExitCode, ended.Output));
    }

    [Fact]
    public async Task Mine_WithoutWorkers_StartsTwoInOnePrivateFolder()
    {
        _launcher.Install("Worker", _launcher.Fakes.Leave("worker-pid") + $"stat -c '%a' \"$7\" >> '{_launcher.Fakes.Trace("modes")}'");

        var ended = await RunAsync("mine");

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(2, _launcher.Fakes.Traces("worker-pid").Length);
        Assert.Equal(["700", "700"], _launcher.Fakes.Traces("modes"));
    }

    [Theory]
    [InlineData("--input a.txt --output b.npy", 2)]
    [InlineData("--input a.txt --output b.npy --workers 3", 3)]
    [InlineData("--input a.txt --output b.npy --workers 1", 1)]
    [InlineData("--input - --output b.npy", 1)]
    [InlineData("--input a.txt", 1)]
    [InlineData("--input a.txt --output=-", 1)]
    [InlineData("--text a --output b.npy", 1)]
    [InlineData("--text=a --output b.npy --workers 2", 2)] // the workers say what they think of it
    public async Task Encode_FromFileToFile_IsShared(string arguments, int workers)
    {
        _launcher.Install("Worker", _launcher.Fakes.Leave("worker-pid") + "echo \"$2\"");

        var ended = await RunAsync(["encode", .. arguments.Split(' ')]);

        Assert.Equal((0, workers > 1 ? "--rank\n" : $"{arguments.Split(' ', '=')[0]}\n"), (ended.ExitCode, ended.Output));
        Assert.Equal(workers, _launcher.Fakes.Traces("worker-pid").Length);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("257")]
    [InlineData("many")]
    public async Task Mine_WorkersOutOfRange_IsOneLine(string workers)
    {
        _launcher.Install("Worker", "exit 0");

        var ended = await RunAsync("mine", "--workers", workers);

        Assert.Equal((2, "error: --workers: expected a whole number from 1 to 256.\n"), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task Mine_AllRefuse_SaysItOnce()
    {
        _launcher.Install("Worker", "echo 'error: no such file' >&2; exit 2");

        var ended = await RunAsync("mine");

        Assert.Equal((2, "error: no such file\n"), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task Mine_OneRefuses_ItsReasonCountsAndTheOthersEnd()
    {
        _launcher.Install("Worker", _launcher.Fakes.Leave("worker-pid") + "case $3 in 0) echo 'error: lost rank 1' >&2; exit 1;; 1) echo 'error: the disk is full' >&2; exit 2;; esac; " + Work);

        var ended = await RunAsync("mine", "--workers", "3");

        Assert.Equal((2, "error: the disk is full\n"), (ended.ExitCode, ended.Error));
        await _launcher.Fakes.AllEndedAsync();
    }

    [Fact]
    public async Task Mine_WorkerKilled_NamesItAndTheOthersEnd()
    {
        _launcher.Install("Worker", _launcher.Fakes.Leave("worker-pid") + "if [ $3 = 1 ]; then kill -9 $$; fi; " + Work);

        var ended = await RunAsync("mine", "--workers", "3");

        Assert.Equal((1, "error: worker 1 was killed (signal 9), so the command ended\n"), (ended.ExitCode, ended.Error));
        await _launcher.Fakes.AllEndedAsync();
    }

    [Fact]
    public async Task Mine_Progress_IsNoComplaint()
    {
        _launcher.Install("Worker", "echo 'progress encoded 5 10' >&2; if [ $3 = 0 ]; then echo 'error: no' >&2; exit 2; fi; " + Work);

        var ended = await RunAsync("mine");

        Assert.Equal((2, "error: no\n"), (ended.ExitCode, ended.Error));
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Mine_Signal_EndsAllWorkers(PosixSignal signal)
    {
        _launcher.Install("Worker", _launcher.Fakes.Leave("worker-pid") + Work);
        using var run = _launcher.Start("mine");
        await _launcher.Fakes.TraceAsync("worker-pid", 2);

        run.Signal(signal);

        var ended = await run.EndAsync();
        Assert.Equal((130, ""), (ended.ExitCode, ended.Error));
        await _launcher.Fakes.AllEndedAsync();
    }

    [Fact]
    public async Task Mine_LauncherKilled_LeavesNoWorker()
    {
        _launcher.Install("Worker", _launcher.Fakes.Leave("worker-pid") + Work);
        using var run = _launcher.Start("mine");
        await _launcher.Fakes.TraceAsync("worker-pid", 2);

        run.Kill();

        await _launcher.Fakes.AllEndedAsync();
    }

    [Fact]
    public async Task Mine_Help_IsTheWorkersInTheUsersWords()
    {
        _launcher.Install("Worker", "echo 'Usage:'; echo '  Distributed.Worker mine [options]'");

        var ended = await RunAsync("mine", "--help");

        Assert.Equal(0, ended.ExitCode);
        Assert.StartsWith("Usage:\n  distributed mine [options]\n\nExample:\n  distributed mine --model", ended.Output, StringComparison.Ordinal);
    }

    private async Task<RealLauncher.Ended> RunAsync(params string[] arguments)
    {
        using var run = _launcher.Start(arguments);
        return await run.EndAsync();
    }
}
