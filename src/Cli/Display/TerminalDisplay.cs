using System.Threading.Channels;
using Distributed.Cli.Events;
using Distributed.Cli.Status;
using Spectre.Console;

namespace Distributed.Cli.Display;

/// <summary>For a person at a terminal: events as readable lines, and below them a few lines that show how far the run is.</summary>
/// <remarks>One loop writes; everyone else puts what is to be written into its channel. A terminal that cannot move its cursor gets the
/// figures as lines of their own, now and then.</remarks>
internal sealed class TerminalDisplay : IRunDisplay
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly Channel<Action<LiveDisplayContext?>> _changes = Channel.CreateUnbounded<Action<LiveDisplayContext?>>();
    private readonly IAnsiConsole _console;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private RunSummary? _summary;

    // Read and written by the loop only.
    private long? _lastPlainProgress;

    /// <summary>Starts to show.</summary>
    public TerminalDisplay(IAnsiConsole console, TimeProvider time)
    {
        _console = console;
        _time = time;
        _loop = console.Profile.Capabilities is { Ansi: true, Interactive: true }
            ? console.Live(ProgressView.Render(new RunStatus())).AutoClear(true).StartAsync(LoopAsync)
            : LoopAsync(null);
    }

    /// <inheritdoc/>
    public void Child(string child, string line)
        => WriteAbove(RunEvent.Parse(line) is { } e ? EventLine.Of(e, child) : EventLine.OfText(line, child));

    /// <inheritdoc/>
    public void ChildError(string child, string line) => WriteAbove(EventLine.OfText(line, child));

    /// <inheritdoc/>
    public void Event(RunEvent e) => WriteAbove(EventLine.Of(e, "distributed"));

    /// <inheritdoc/>
    public void Progress(RunStatus status) => _changes.Writer.TryWrite(context =>
    {
        if (context is not null)
            context.UpdateTarget(ProgressView.Render(status));
        else
            WritePlainProgress(status);
    });

    /// <inheritdoc/>
    public void Summary(RunSummary summary) => _summary = summary;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _loop;
        if (_summary is null)
            return;
        _console.Write(SummaryView.Render(_summary));
        foreach (var line in SummaryView.LinesToCopy(_summary))
            await _console.Profile.Out.Writer.WriteLineAsync(line);
    }

    private void WriteAbove(string markup) => _changes.Writer.TryWrite(_ => _console.MarkupLine(markup));

    private void WritePlainProgress(RunStatus status)
    {
        if (_lastPlainProgress is { } last && _time.GetElapsedTime(last) < PlainInterval)
            return;
        _lastPlainProgress = _time.GetTimestamp();
        _console.Write(ProgressView.Render(status));
        _console.WriteLine();
    }

    private async Task LoopAsync(LiveDisplayContext? context)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(CancellationToken.None))
            change(context);
    }
}
