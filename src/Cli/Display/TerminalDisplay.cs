using System.Threading.Channels;
using Distributed.Cli.Events;
using Distributed.Cli.Status;
using Spectre.Console;

namespace Distributed.Cli.Display;

/// <summary>For a person at a terminal: events as readable lines, and below them a few lines that show how far the run is.</summary>
/// <remarks>One loop writes; everyone else puts what is to be written into its channel.</remarks>
internal sealed class TerminalDisplay : IRunDisplay
{
    private readonly Channel<Action<LiveDisplayContext>> _changes = Channel.CreateUnbounded<Action<LiveDisplayContext>>();
    private readonly IAnsiConsole _console;
    private readonly Task _loop;
    private RunSummary? _summary;

    /// <summary>Starts to show.</summary>
    public TerminalDisplay(IAnsiConsole console)
    {
        _console = console;
        _loop = console.Live(ProgressView.Render(new RunStatus())).AutoClear(true).StartAsync(LoopAsync);
    }

    /// <inheritdoc/>
    public void Child(string child, string line)
    {
        var markup = RunEvent.Parse(line) is { } e ? EventLine.Of(e, child) : EventLine.OfText(line, child);
        WriteAbove(markup);
    }

    /// <inheritdoc/>
    public void ChildError(string child, string line) => WriteAbove(EventLine.OfText(line, child));

    /// <inheritdoc/>
    public void Event(RunEvent e) => WriteAbove(EventLine.Of(e, "distributed"));

    /// <inheritdoc/>
    public void Progress(RunStatus status)
        => _changes.Writer.TryWrite(context => context.UpdateTarget(ProgressView.Render(status)));

    /// <inheritdoc/>
    public void Summary(RunSummary summary) => _summary = summary;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _loop;
        if (_summary is not null)
            _console.Write(SummaryView.Render(_summary));
    }

    private void WriteAbove(string markup) => _changes.Writer.TryWrite(_ => _console.MarkupLine(markup));

    private async Task LoopAsync(LiveDisplayContext context)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(CancellationToken.None))
            change(context);
    }
}
