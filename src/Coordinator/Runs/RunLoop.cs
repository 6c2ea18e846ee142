using System.Threading.Channels;
using Distributed.Coordinator.Endpoints;
using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Runs;

/// <summary>The one owner of a run's state: takes events in their order, asks the machine, carries out its actions.</summary>
internal sealed partial class RunLoop(
    RunMachine machine, DecisionJournal journal, WorkerConnections connections, TimeProvider time, ILogger<RunLoop> logger)
{
    private const int QueueLength = 4096;
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WatcherTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);

    private readonly Channel<RunEvent> _events =
        Channel.CreateBounded<RunEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    private int? _exitCode;
    private DateTimeOffset _endedAt;
    private DateTimeOffset _askedAt;

    /// <summary>Adds an event; waits while the queue is full.</summary>
    /// <returns>Whether it was added: not after the end of the loop.</returns>
    public async ValueTask<bool> PostAsync(RunEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            await _events.Writer.WriteAsync(happened, cancellationToken);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Adds an event from where nobody can wait, such as a signal; dropped if the queue is full, which another signal can repeat.</summary>
    public void Ask(RunEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>What the run looks like; null once the loop has ended.</summary>
    public async Task<RunStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<RunStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return await PostAsync(new StatusAsked(answer), cancellationToken) ? await answer.Task.WaitAsync(cancellationToken) : null;
    }

    /// <summary>Runs until the run is over and its workers are gone.</summary>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync()
    {
        using var ended = new CancellationTokenSource();
        var ticking = TickAsync(ended.Token);
        try
        {
            await foreach (var happened in _events.Reader.ReadAllAsync(CancellationToken.None))
            {
                Handle(happened);
                if (_exitCode is { } code && HasTakenLeave())
                    return code;
            }

            return ExitCodes.Failed;
        }
        catch (JournalException e)
        {
            // What was decided is unknown from here on: whoever starts next reads what the disk has.
            LogJournalFailed(e.Message);
            return ExitCodes.Failed;
        }
        catch (Exception e)
        {
            LogBroken(e);
            return ExitCodes.Failed;
        }
        finally
        {
            CloseQueue();
            await ended.CancelAsync();
            await ticking;
        }
    }

    private void CloseQueue()
    {
        _events.Writer.TryComplete();
        while (_events.Reader.TryRead(out var happened))
            (happened as StatusAsked)?.Answer.SetResult(null);
    }

    /// <summary>Whether workers are gone and whoever was looking at the run has seen its end; neither is waited for long.</summary>
    private bool HasTakenLeave()
    {
        var isWatched = _askedAt < _endedAt && _endedAt - _askedAt < WatcherTime;
        return (connections.IsEmpty && !isWatched) || time.GetUtcNow() - _endedAt >= FarewellTime;
    }

    private void Handle(RunEvent happened)
    {
        if (happened is StatusAsked asked)
        {
            _askedAt = time.GetUtcNow();
            asked.Answer.SetResult(machine.Status(time.GetUtcNow()));
            return;
        }

        foreach (var action in machine.Handle(happened, time.GetUtcNow()))
            Carry(action);
    }

    private void Carry(RunAction action)
    {
        switch (action)
        {
            case Append append:
                journal.Append(append.Entry);
                break;
            case Send send:
                connections.Send(send.Connection, send.Notice);
                break;
            case Disconnect disconnect:
                connections.Close(disconnect.Connection, disconnect.Reason);
                break;
            case End end:
                (_exitCode, _endedAt) = (end.ExitCode, time.GetUtcNow());
                break;
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await PostAsync(new Tick(), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    [LoggerMessage(LogLevel.Critical, "The journal cannot be written, nothing more can be decided: {Reason}")]
    private partial void LogJournalFailed(string reason);

    [LoggerMessage(LogLevel.Critical, "The coordinator has a fault of its own and ends")]
    private partial void LogBroken(Exception fault);

    /// <summary>Someone looks at the run.</summary>
    private sealed record StatusAsked(TaskCompletionSource<RunStatus?> Answer) : RunEvent;
}
