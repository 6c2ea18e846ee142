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
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);

    private readonly Channel<RunEvent> _events =
        Channel.CreateBounded<RunEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    private int? _exitCode;
    private DateTimeOffset _endedAt;

    /// <summary>Adds an event; waits while the queue is full. After the end of the loop: does nothing.</summary>
    public async ValueTask PostAsync(RunEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            await _events.Writer.WriteAsync(happened, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The run is over and so is the process, soon.
        }
    }

    /// <summary>Adds an event from where nobody can wait, such as a signal; dropped if the queue is full, which another signal can repeat.</summary>
    public void Ask(RunEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>What the run looks like; null once the loop has ended.</summary>
    public async Task<RunStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<RunStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(new StatusAsked(answer), cancellationToken);
        return _events.Reader.Completion.IsCompleted ? null : await answer.Task.WaitAsync(cancellationToken);
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
                if (_exitCode is { } code && (connections.IsEmpty || time.GetUtcNow() - _endedAt >= FarewellTime))
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
        finally
        {
            _events.Writer.TryComplete();
            await ended.CancelAsync();
            await ticking;
        }
    }

    private void Handle(RunEvent happened)
    {
        if (happened is StatusAsked asked)
        {
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

    /// <summary>Someone looks at the run.</summary>
    private sealed record StatusAsked(TaskCompletionSource<RunStatus?> Answer) : RunEvent;
}
