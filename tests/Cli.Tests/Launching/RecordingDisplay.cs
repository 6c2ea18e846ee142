using System.Collections.Concurrent;
using Distributed.Cli.Display;
using Distributed.Cli.Events;
using Distributed.Cli.Status;

namespace Distributed.Cli.Tests.Launching;

/// <summary>Keeps what was to be shown.</summary>
internal sealed class RecordingDisplay : IRunDisplay
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ConcurrentQueue<string> Events { get; } = new();

    public ConcurrentQueue<RunStatus> Statuses { get; } = new();

    public void Child(string child, string line) => Lines.Enqueue($"{child}: {line}");

    public void ChildError(string child, string line) => Lines.Enqueue($"{child}! {line}");

    public void Event(RunEvent e) => Events.Enqueue(MessageRenderer.Render(e));

    public void Progress(RunStatus status) => Statuses.Enqueue(status);

    public void Summary(RunSummary summary)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
