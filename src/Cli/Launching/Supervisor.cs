using System.ComponentModel;
using Distributed.Cli.Events;
using Distributed.Cli.Output;

namespace Distributed.Cli.Launching;

/// <summary>Keeps one child alive: starts it, and starts it again as <see cref="RestartPolicy"/> says.</summary>
/// <param name="name">The child's name.</param>
/// <param name="role">What it is there for.</param>
/// <param name="command">What to start; asked before each start.</param>
/// <param name="state">How far the run is.</param>
/// <param name="output">Where its lines go.</param>
/// <param name="time">Time of the delays.</param>
/// <param name="onEvent">Gets each event of its log; null: nobody listens.</param>
internal sealed class Supervisor(
    string name,
    ChildRole role,
    Func<ChildCommand> command,
    ClusterState state,
    RunOutput output,
    TimeProvider time,
    Action<RunEvent>? onEvent = null)
{
    // How long the request to stop may come after the end of a child that the same Ctrl-C ended, and the end of a run after that of a child that failed with it.
    private static readonly TimeSpan SignalLag = TimeSpan.FromSeconds(0.5);

    // Written by RunAsync, read by whoever ends the child.
    private volatile ChildProcess? _current;
    private volatile string? _lastError;

    /// <summary>The child's process id; null while it does not run.</summary>
    public int? Pid => _current?.Pid;

    /// <summary>Runs until the child is not started again.</summary>
    public async Task<ChildOutcome> RunAsync()
    {
        var restarts = 0;
        var stepsBefore = state.Steps;
        while (true)
        {
            var exitCode = await RunOnceAsync();
            // Ctrl-C reaches every process at once, and a child in its first moments does not catch it yet. What fails one worker may fail the run.
            if (exitCode is ExitCodes.Interrupted or ExitCodes.Failed)
                await DelayAsync(SignalLag);
            if (state.Steps > stepsBefore)
                restarts = 0;
            stepsBefore = state.Steps;
            switch (RestartPolicy.Decide(role, exitCode, state.Phase, restarts))
            {
                case RestartDecision.Restart restart:
                    restarts++;
                    // An end in peace is news only if the run is not over right after it.
                    if (exitCode != ExitCodes.Done)
                        LogRestart(exitCode, restart.Delay);
                    if (!await DelayAsync(restart.Delay))
                        return new ChildOutcome(name, exitCode, null, _lastError);
                    if (exitCode == ExitCodes.Done)
                        LogRestart(exitCode, TimeSpan.Zero);
                    continue;
                case RestartDecision.EndRun end:
                    return new ChildOutcome(name, exitCode, end, _lastError);
                default:
                    return new ChildOutcome(name, exitCode, null, _lastError);
            }
        }
    }

    /// <summary>Asks it to stop cleanly.</summary>
    public void AskToStop() => _current?.Say("stop");

    /// <summary>Closes its standard input, which tells it to end itself.</summary>
    public void CutLifeline() => _current?.CutLifeline();

    /// <summary>Kills it.</summary>
    public void Kill() => _current?.Kill();

    private async Task<int> RunOnceAsync()
    {
        _lastError = null;
        try
        {
            await using var child = ChildProcess.Start(command(), OnOutput, OnError);
            _current = child;
            CatchUp(child);
            return await child.WaitAsync();
        }
        catch (Win32Exception e)
        {
            OnError($"cannot be started: {e.Message}");
            return ExitCodes.Refused;
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Tells a child what was decided while it was being started.</summary>
    private void CatchUp(ChildProcess child)
    {
        if (state.Phase == ClusterPhase.Stopping && role == ChildRole.Coordinator)
            child.Say("stop");
        else if (state.Phase == ClusterPhase.Ending)
            child.CutLifeline();
    }

    private void OnOutput(string line)
    {
        if (RunEvent.Parse(line) is { } e)
        {
            if (e.Level is EventLevel.Error or EventLevel.Fatal)
                _lastError = MessageRenderer.Render(e);
            onEvent?.Invoke(e);
        }

        output.Child(name, line);
    }

    private void OnError(string line)
    {
        if (!string.IsNullOrWhiteSpace(line))
            _lastError = line;
        output.ChildError(name, line);
    }

    private void LogRestart(int exitCode, TimeSpan delay)
        => output.Event(
            EventLevel.Warning,
            "{WorkerId} {End}; it is started again in {DelaySeconds} s",
            ("WorkerId", name),
            ("End", ExitCodes.Describe(exitCode)),
            ("DelaySeconds", delay.TotalSeconds),
            ("ExitCode", exitCode));

    /// <summary>False when the run was over first.</summary>
    private async Task<bool> DelayAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, state.Over);
            return !state.Over.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
