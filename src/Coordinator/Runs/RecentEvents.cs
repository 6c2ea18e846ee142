using System.Collections.Immutable;

namespace Distributed.Coordinator.Runs;

/// <summary>Passes a run's log lines on and keeps the newest ones for whoever looks at the run. Used by the run's loop only.</summary>
internal sealed class RecentEvents(ILogger inner, TimeProvider time) : ILogger
{
    private const int Kept = 40;

    private readonly Queue<RecentEvent> _events = new();

    /// <summary>Newest first.</summary>
    public ImmutableArray<RecentEvent> Newest => [.. _events.Reverse()];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Information)
            _events.Enqueue(new RecentEvent(time.GetUtcNow(), logLevel.ToString(), formatter(state, exception)));
        if (_events.Count > Kept)
            _events.Dequeue();
        inner.Log(logLevel, eventId, state, exception, formatter);
    }
}

/// <summary>One log line.</summary>
internal sealed record RecentEvent(DateTimeOffset At, string Level, string Text);
