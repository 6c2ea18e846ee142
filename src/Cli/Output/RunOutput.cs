using Distributed.Cli.Display;
using Distributed.Cli.Events;
using Distributed.Cli.Status;

namespace Distributed.Cli.Output;

/// <summary>Where everything goes that is said in a run: to the display, and to the log file of the process that said it.</summary>
internal sealed class RunOutput(IRunDisplay display, RunLogs logs, TimeProvider time)
{
    private const string LauncherName = "distributed";

    private readonly RunEvents _events = new(time);

    /// <summary>A line of a child's standard output.</summary>
    public void Child(string child, string line)
    {
        logs.Write(child, line);
        display.Child(child, line);
    }

    /// <summary>A line of a child's standard error.</summary>
    public void ChildError(string child, string line)
    {
        logs.Write(child, _events.Make(EventLevel.Error, "{Line}", ("Line", line)).ToClef());
        display.ChildError(child, line);
    }

    /// <summary>Something that the launcher did or saw.</summary>
    public void Event(EventLevel level, string template, params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var e = _events.Make(level, template, properties);
        logs.Write(LauncherName, e.ToClef());
        display.Event(e);
    }

    /// <summary>How far the run is; shown, not logged.</summary>
    public void Progress(RunStatus status) => display.Progress(status);

    /// <summary>How it ended.</summary>
    public void Summary(RunSummary summary) => display.Summary(summary);
}
