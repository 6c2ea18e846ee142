using Distributed.Cli.Launching;
using Distributed.Cli.Output;

namespace Distributed.Cli.Tests.Launching;

public sealed class LocalClusterTests : IDisposable
{
    private readonly FakePrograms _fakes = new();
    private readonly RecordingDisplay _display = new();

    public void Dispose() => _fakes.Dispose();

    [Fact]
    public async Task RunAsync_CoordinatorEndsInPeace_ExitsZero()
    {
        var outcome = await RunAsync(_fakes.Plan(_fakes.Listening() + Until("worker-done") + "exit 0", Leave("worker-done") + "exit 0"));

        Assert.Equal(new ClusterOutcome(0), outcome);
    }

    [Fact]
    public async Task RunAsync_WorkerDies_StartsAnother()
    {
        var worker = Leave("lives") + $"if [ $(wc -l < '{_fakes.Trace("lives")}') -lt 3 ]; then kill -9 $$; fi; {Leave("worker-done")} exit 0";

        var outcome = await RunAsync(_fakes.Plan(_fakes.Listening() + Until("worker-done") + "exit 0", worker));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(3, _fakes.Traces("lives").Length);
        Assert.Equal(2, _display.Events.Count(e => e.StartsWith("worker-0 was killed (signal 9)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunAsync_WorkerRefuses_EndsTheRunWithItsLine()
    {
        var outcome = await RunAsync(_fakes.Plan(
            _fakes.ObedientCoordinator, "echo 'rows.jsonl:3: no column anchor' >&2; exit 2", _fakes.PatientWorker));

        Assert.Equal(new ClusterOutcome(2, "rows.jsonl:3: no column anchor", "worker-0"), outcome);
        AssertAllEnded();
    }

    [Fact]
    public async Task RunAsync_CoordinatorRefuses_StartsNoWorker()
    {
        var line = """{"@t":"2026-01-01T00:00:00Z","@l":"Fatal","@mt":"port {Port} is in use","Port":80}""";

        var outcome = await RunAsync(_fakes.Plan($"echo '{line}'; exit 2", _fakes.PatientWorker));

        Assert.Equal(new ClusterOutcome(2, "port 80 is in use", "coordinator"), outcome);
        Assert.Empty(_fakes.Traces("worker-pid"));
    }

    [Fact]
    public async Task RunAsync_CoordinatorDies_IsStartedWithTheSameAddresses()
    {
        var coordinator = $"echo \"$0 $*\" >> '{_fakes.Trace("arguments")}'; " + _fakes.Listening()
            + $"if [ $(wc -l < '{_fakes.Trace("coordinator-pid")}') -lt 2 ]; then {Until("worker-pid")} kill -9 $$; fi; exit 0";

        var outcome = await RunAsync(_fakes.Plan(coordinator, _fakes.PatientWorker));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            ["--listen http://127.0.0.1:0 --status http://127.0.0.1:0", "--listen http://127.0.0.1:9/ --status http://127.0.0.1:9/"],
            _fakes.Traces("arguments"));
    }

    [Fact]
    public async Task RunAsync_AskedToStop_AsksTheCoordinatorAndStartsNothingAgain()
    {
        using var stop = new StopRequests();
        var worker = _fakes.PatientWorker;
        var run = RunAsync(_fakes.Plan(_fakes.ObedientCoordinator, worker), stop);
        await TraceAsync("worker-pid");

        stop.Request();

        Assert.Equal(0, (await run).ExitCode);
        Assert.Single(_fakes.Traces("worker-pid"));
        Assert.Contains(_display.Events, e => e.StartsWith("stopping:", StringComparison.Ordinal));
        AssertAllEnded();
    }

    [Fact]
    public async Task RunAsync_AskedToStopBeforeAnyGeneration_CutsLifelinesAtOnce()
    {
        using var stop = new StopRequests();
        var endless = _fakes.Leave("worker-pid") + "while read -r line; do :; done; exit 0";
        var run = RunAsync(_fakes.Plan(_fakes.ObedientCoordinator, endless) with { OwnEndLimit = TimeSpan.FromMinutes(5) }, stop);
        await TraceAsync("worker-pid");

        stop.Request();

        Assert.Equal(new ClusterOutcome(0), await run);
    }

    [Fact]
    public async Task RunAsync_ChildrenAreEndedByTheSameInterrupt_StopsAndStartsNothingAgain()
    {
        using var stop = new StopRequests();
        var worker = Leave("worker-pid") + "kill -INT $$; sleep 9";
        var coordinator = _fakes.Listening() + Until("worker-pid") + "kill -INT $$; sleep 9";
        var run = RunAsync(_fakes.Plan(coordinator, worker), stop);
        await TraceAsync("worker-pid");

        stop.Request();

        Assert.Equal(new ClusterOutcome(0), await run);
        Assert.Single(_fakes.Traces("worker-pid"));
        Assert.Single(_fakes.Traces("coordinator-pid"));
    }

    [Fact]
    public async Task RunAsync_AskedTwice_EndsAtOnce()
    {
        using var stop = new StopRequests();
        var deaf = _fakes.Listening() + "while read -r line; do :; done; exit 0";
        var run = RunAsync(_fakes.Plan(deaf, _fakes.PatientWorker), stop);
        await TraceAsync("worker-pid");

        stop.Request();
        stop.Request();

        Assert.Equal(130, (await run).ExitCode);
        AssertAllEnded();
    }

    [Fact]
    public async Task RunAsync_CoordinatorDiesWhileStopping_FailsWithAReason()
    {
        using var stop = new StopRequests();
        var run = RunAsync(_fakes.Plan(_fakes.Listening() + "read -r line; kill -9 $$", _fakes.PatientWorker), stop);
        await TraceAsync("worker-pid");

        stop.Request();

        Assert.Equal(new ClusterOutcome(1, "coordinator was killed (signal 9) while the run was stopping", "coordinator"), await run);
    }

    [Fact]
    public async Task RunAsync_ProgramThatIsNotThere_SaysSo()
    {
        var plan = _fakes.Plan("exit 0") with { Coordinator = new ChildCommand("/nowhere/program", []) };

        var outcome = await RunAsync(plan);

        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("cannot be started", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ChildrensLines_AreInTheirLogFiles()
    {
        await RunAsync(_fakes.Plan(_fakes.Listening() + "echo '{\"@t\":1}'; exit 0"));

        Assert.Equal(["{\"@t\":1}"], File.ReadAllLines(Path.Combine(_fakes.OutputFolder, "logs", "coordinator.clef")));
    }

    private async Task<ClusterOutcome> RunAsync(ClusterPlan plan, StopRequests? stop = null)
    {
        using var logs = new RunLogs(Path.Combine(_fakes.OutputFolder, "logs"));
        using var cluster = new LocalCluster(plan, new RunOutput(_display, logs, TimeProvider.System), TimeProvider.System);
        using var none = new StopRequests();
        return await cluster.RunAsync(stop ?? none);
    }

    private string Leave(string name) => _fakes.Leave(name);

    /// <summary>The script waits for a trace of another.</summary>
    private string Until(string name) => $"until [ -s '{_fakes.Trace(name)}' ]; do sleep 0.02; done; ";

    private Task TraceAsync(string name) => _fakes.TraceAsync(name, 1);

    private void AssertAllEnded()
        => Assert.All([.. _fakes.Traces("worker-pid"), .. _fakes.Traces("coordinator-pid")], pid => Assert.False(Directory.Exists($"/proc/{pid}")));
}
