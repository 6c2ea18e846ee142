using Distributed.Cli.Events;
using Distributed.Cli.Status;

namespace Distributed.Cli.Display;

/// <summary>What a person or a log collector sees of a run. Calls come from several threads.</summary>
internal interface IRunDisplay : IAsyncDisposable
{
    /// <summary>A line that child <paramref name="child"/> wrote: CLEF, or free text.</summary>
    void Child(string child, string line);

    /// <summary>A line that child <paramref name="child"/> wrote to its standard error.</summary>
    void ChildError(string child, string line);

    /// <summary>Something that the launcher did or saw.</summary>
    void Event(RunEvent e);

    /// <summary>How far the run is.</summary>
    void Progress(RunStatus status);

    /// <summary>How it ended; the last thing shown.</summary>
    void Summary(RunSummary summary);
}
