namespace Distributed.Coordinator.Steps;

/// <summary>How long recent steps took and how many rows they had: what deadlines, throughput and time left are made of.</summary>
internal sealed class StepClock
{
    private const int Window = 64;
    private const int DeadlineFactor = 4;
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromSeconds(10);

    private readonly Queue<(TimeSpan Duration, int Rows)> _recent = new();

    public void Add(TimeSpan duration, int rows)
    {
        _recent.Enqueue((duration, rows));
        if (_recent.Count > Window)
            _recent.Dequeue();
    }

    /// <summary>How long a member may lag behind the others in one phase: max(10 s, 4 × 95th percentile of recent steps).</summary>
    public TimeSpan Deadline
    {
        get
        {
            if (_recent.Count == 0)
                return LeastDeadline;

            var durations = _recent.Select(r => r.Duration).Order().ToArray();
            var p95 = durations[(int)Math.Ceiling(0.95 * durations.Length) - 1];
            return TimeSpan.FromTicks(Math.Max(LeastDeadline.Ticks, DeadlineFactor * p95.Ticks));
        }
    }

    /// <summary>Mean of recent steps; null before the first.</summary>
    public TimeSpan? Mean => _recent.Count == 0 ? null : TimeSpan.FromTicks((long)_recent.Average(r => r.Duration.Ticks));

    /// <summary>Rows a second over recent steps; null before the first.</summary>
    public double? RowsPerSecond => _recent.Sum(r => r.Duration.TotalSeconds) is var seconds and > 0 ? _recent.Sum(r => r.Rows) / seconds : null;
}
