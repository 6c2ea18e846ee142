using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Coordinator.Watch;

/// <summary>What the embedding watch has seen of a run, at a bounded size: when full, every second measurement of the past is forgotten.</summary>
internal sealed class EmbeddingHistory(WatchOptions options)
{
    private const int MostKept = 256;

    private readonly EmbeddingAlarms _alarms = new(options);
    private readonly List<Measurement> _kept = [];
    private int _stride = 1;
    private long _seen;

    /// <summary>What was asked for.</summary>
    public WatchOptions Options => options;

    /// <summary>The newest measurement; null: none yet.</summary>
    public Measurement? Newest { get; private set; }

    /// <summary>Measurements over the whole run, evenly spaced, and the newest.</summary>
    public IEnumerable<Measurement> Points => Newest is null || Newest == _kept[^1] ? _kept : _kept.Append(Newest);

    /// <summary>Alarms that are on, by the change that each began with.</summary>
    public ImmutableArray<AlarmChange> Active => _alarms.Active;

    /// <summary>Takes in a measurement; the alarms that it begins or ends. A step that is computed again has its measurement here already.</summary>
    public ImmutableArray<AlarmChange> Add(Measurement measured)
    {
        if (Newest is not null && measured.Step <= Newest.Step)
            return [];

        Newest = measured;
        if (_seen++ % _stride == 0)
            _kept.Add(measured);
        if (_kept.Count == MostKept)
        {
            var half = _kept.Where((_, i) => i % 2 == 0).ToList();
            _kept.Clear();
            _kept.AddRange(half);
            _stride *= 2;
        }

        return _alarms.Take(measured);
    }
}
