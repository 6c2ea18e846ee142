using Distributed.Cli.Events;
using Distributed.Cli.Status;

namespace Distributed.Cli.Display;

/// <summary>For a log collector: the children's CLEF lines as they are, and the launcher's own in the same form.</summary>
internal sealed class ClefDisplay(TextWriter output, TimeProvider time) : IRunDisplay
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private readonly RunEvents _events = new(time);
    private readonly Lock _gate = new();

    // Under _gate.
    private long? _lastProgress;
    private readonly HashSet<string> _errors = [];

    /// <inheritdoc/>
    public void Child(string child, string line)
        => Write(RunEvent.Parse(line) is null ? Wrapped(EventLevel.Information, child, line) : line);

    /// <inheritdoc/>
    public void ChildError(string child, string line)
    {
        lock (_gate)
            _errors.Add(line);
        Write(Wrapped(EventLevel.Error, child, line));
    }

    /// <inheritdoc/>
    public void Event(RunEvent e) => Write(e.ToClef());

    /// <inheritdoc/>
    public void Progress(RunStatus status)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_lastProgress is { } last && time.GetElapsedTime(last, now) < ProgressInterval)
                return;
            _lastProgress = now;
        }

        Write(_events.Make(
            EventLevel.Information,
            "{Phase}: step {Step} of {TotalSteps}, loss {Loss}, {RowsPerSecond} rows/s",
            ("Phase", status.Phase),
            ("Step", status.Step),
            ("TotalSteps", status.TotalSteps),
            ("Loss", status.Loss),
            ("RowsPerSecond", status.RowsPerSecond),
            ("SecondsRemaining", status.Remaining?.TotalSeconds),
            ("Epoch", status.Epoch),
            ("Generation", status.Generation),
            ("WorldSize", status.Workers),
            ("Detail", status.Detail),
            ("RunId", status.RunId)).ToClef());
    }

    /// <inheritdoc/>
    public void Summary(RunSummary summary)
    {
        foreach (var scores in summary.Evaluations)
            Write(_events.Make(EventLevel.Information, "Scores after {Step} steps: {Metrics}", ("Step", scores.Step), ("Metrics", scores.Metrics)).ToClef());
        Write(_events.Make(
            summary.End is RunEnd.Failed or RunEnd.Interrupted ? EventLevel.Error : EventLevel.Information,
            "Run {Outcome} after {ElapsedSeconds} s at step {Step} of {TotalSteps}",
            ("Outcome", summary.End.ToString()),
            ("ElapsedSeconds", Math.Round(summary.Elapsed.TotalSeconds, 1)),
            ("Step", summary.Step),
            ("TotalSteps", summary.TotalSteps),
            ("Reason", IsTold(summary.Reason) ? null : summary.Reason),
            ("OutputFolder", summary.OutputFolder),
            ("ModelFolder", summary.End == RunEnd.Completed ? summary.ModelFolder : null),
            ("Next", summary.Next.Select(n => n.Command).ToArray())).ToClef());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Whether a child said so itself, line for line.</summary>
    private bool IsTold(string? reason)
    {
        lock (_gate)
            return reason is not null && _errors.Contains(reason);
    }

    private string Wrapped(EventLevel level, string child, string line)
        => _events.Make(level, "{Child}: {Line}", ("Child", child), ("Line", line)).ToClef();

    private void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                output.WriteLine(line);
                output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads, or the disk is full: a child whose lines are not taken would stand still.
            }
        }
    }
}
