using System.Collections.Immutable;
using System.Globalization;
using Distributed.Cli.Events;
using Distributed.Cli.Output;
using Distributed.Cli.Status;

namespace Distributed.Cli.Launching;

/// <summary>A coordinator and its workers on this machine. Restarts the dead, passes a request to stop on, leaves no process behind.</summary>
internal sealed class LocalCluster : IDisposable
{
    private const string FreePort = "http://127.0.0.1:0";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(500);

    // How long a process may take to end after its lifeline is cut, before it is killed.
    private static readonly TimeSpan LifelineLimit = TimeSpan.FromSeconds(5);

    private readonly ClusterState _state = new();
    private readonly StatusClient _status = new();
    private readonly ClusterPlan _plan;
    private readonly RunOutput _output;
    private readonly TimeProvider _time;
    private readonly Supervisor _coordinator;
    private readonly ImmutableArray<Supervisor> _workers;

    // Set once, before the first worker starts.
    private volatile CoordinatorAddress? _address;

    /// <summary>Prepares the processes of <paramref name="plan"/>; starts none.</summary>
    public LocalCluster(ClusterPlan plan, RunOutput output, TimeProvider time)
    {
        _plan = plan;
        _output = output;
        _time = time;
        _coordinator = new Supervisor("coordinator", ChildRole.Coordinator, CoordinatorCommand, _state, output, time, Tally.Observe);
        _workers =
        [
            .. plan.Workers.Select((command, i) => new Supervisor(
                string.Create(CultureInfo.InvariantCulture, $"worker-{i}"),
                ChildRole.Worker,
                () => command.With("--coordinator", _address!.Grpc),
                _state,
                output,
                time)),
        ];
    }

    /// <summary>What the coordinator said of the run.</summary>
    public RunTally Tally { get; } = new();

    /// <summary>Runs the job to its end. When this returns, every process has ended.</summary>
    public async Task<ClusterOutcome> RunAsync(StopRequests stop)
    {
        var coordinator = _coordinator.RunAsync();
        var workers = ImmutableArray<Task<ChildOutcome>>.Empty;
        using var watching = new CancellationTokenSource();
        var progress = WatchProgressAsync(watching.Token);
        var outcome = new ClusterOutcome(ExitCodes.Failed, "the launcher failed");
        try
        {
            await WaitForAddressAsync(coordinator, stop);
            if (_address is not null && !coordinator.IsCompleted)
                workers = [.. _workers.Select(worker => worker.RunAsync())];
            outcome = await WaitForEndAsync(coordinator, workers, stop);
            return outcome;
        }
        finally
        {
            await EndAsync([coordinator, .. workers], OwnEndLimit(outcome), stop);
            await watching.CancelAsync();
            await progress;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _status.Dispose();
    }

    /// <summary>The first coordinator chooses free ports; one that takes its place gets the same.</summary>
    private ChildCommand CoordinatorCommand()
        => _plan.Coordinator.With("--listen", _address?.Grpc ?? FreePort, "--status", _address?.Status ?? FreePort);

    private async Task WaitForAddressAsync(Task coordinator, StopRequests stop)
    {
        while (!coordinator.IsCompleted && !stop.AtOnce.IsCompleted && !stop.Polite.IsCompleted)
        {
            if (_coordinator.Pid is { } pid && CoordinatorAddress.Read(_plan.OutputFolder, pid) is { } address)
            {
                _address = address;
                _output.Event(EventLevel.Information, "The status page is at {StatusUrl}", ("StatusUrl", address.Status));
                return;
            }

            await Task.WhenAny(coordinator, stop.Polite, Task.Delay(PollInterval, _time, CancellationToken.None));
        }
    }

    private async Task<ClusterOutcome> WaitForEndAsync(Task<ChildOutcome> coordinator, ImmutableArray<Task<ChildOutcome>> workers, StopRequests stop)
    {
        var awaited = new List<Task> { coordinator, stop.AtOnce, stop.Polite };
        awaited.AddRange(workers);
        while (true)
        {
            var ended = await Task.WhenAny(awaited);
            awaited.Remove(ended);
            if (ended == stop.AtOnce)
                return new ClusterOutcome(ExitCodes.Interrupted);
            if (ended == coordinator)
                return OutcomeOf(await coordinator);
            if (ended == stop.Polite)
                BeginToStop();
            else if (await (Task<ChildOutcome>)ended is { EndRun: not null } worker)
                return OutcomeOf(worker);
        }
    }

    private void BeginToStop()
    {
        _output.Event(EventLevel.Information, "stopping: finishing the step and writing a checkpoint; Ctrl-C again to stop at once");
        _state.Enter(ClusterPhase.Stopping);
        _coordinator.AskToStop();
    }

    private static ClusterOutcome OutcomeOf(ChildOutcome child)
    {
        if (child.EndRun is { } end)
            return new ClusterOutcome(end.ExitCode, child.LastError ?? $"{child.Name} {end.Reason}", child.Name);
        return child.ExitCode is ExitCodes.Done or ExitCodes.Interrupted
            ? new ClusterOutcome(ExitCodes.Done)
            : new ClusterOutcome(
                child.ExitCode == ExitCodes.Refused ? ExitCodes.Refused : ExitCodes.Failed,
                child.LastError ?? $"{child.Name} {ExitCodes.Describe(child.ExitCode)} while the run was stopping",
                child.Name);
    }

    /// <summary>Workers that were never in a generation have nothing to bring to an end, and may be busy for long: reading data, building the model.</summary>
    private TimeSpan OwnEndLimit(ClusterOutcome outcome)
        => outcome.ExitCode == ExitCodes.Done && Tally.HasGeneration ? _plan.OwnEndLimit : TimeSpan.Zero;

    private async Task EndAsync(ImmutableArray<Task<ChildOutcome>> children, TimeSpan ownEndLimit, StopRequests stop)
    {
        _state.Enter(ClusterPhase.Ending);
        var all = Task.WhenAll(children);
        await Task.WhenAny(all, stop.AtOnce, Task.Delay(ownEndLimit, _time, CancellationToken.None));
        foreach (var child in _workers.Add(_coordinator))
            child.CutLifeline();
        await Task.WhenAny(all, Task.Delay(LifelineLimit, _time, CancellationToken.None));
        foreach (var child in _workers.Add(_coordinator))
            child.Kill();
        await all;
    }

    private async Task WatchProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(StatusInterval, _time, cancellationToken);
                if (_address is not { } address || await _status.AskAsync(address.Status, cancellationToken) is not { } status)
                    continue;
                Tally.Observe(status);
                if (status.Step is { } steps)
                    _state.Report(steps);
                _output.Progress(status);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
