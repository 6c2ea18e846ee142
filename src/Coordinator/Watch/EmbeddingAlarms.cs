using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Coordinator.Watch;

/// <summary>
/// From one measurement after another, the alarms that begin and end. A pure function of the sequence: a restarted coordinator that reads the same
/// measurements is in the same state. Each alarm is told once when it begins and once when it ends.
/// </summary>
internal sealed class EmbeddingAlarms(WatchOptions options)
{
    private const int AtOnce = 1;

    private readonly AlarmLatch _collapse = new(), _explosion = new(), _saturatedLoss = new();

    // The first measurement that had them: what later ones are compared with.
    private double? _firstNorm, _firstRadius;

    /// <summary>Alarms that are on, by the change that each began with.</summary>
    public ImmutableArray<AlarmChange> Active =>
        [.. ((AlarmLatch[])[_collapse, _explosion, _saturatedLoss]).Select(latch => latch.Active).OfType<AlarmChange>()];

    /// <summary>Takes in the next measurement; what it changes.</summary>
    public ImmutableArray<AlarmChange> Take(Measurement next)
    {
        _firstNorm ??= next[WatchFigures.NormMean] is > 0 and var norm ? norm : null;
        _firstRadius ??= next[WatchFigures.Radius] is > 0 and var radius ? radius : null;
        return
        [
            .. ((AlarmChange?[])
            [
                _collapse.Take(AlarmKind.Collapse, next.Step, CollapseSigns.Of(next, _firstRadius, options), options.Patience),
                _explosion.Take(AlarmKind.Explosion, next.Step, ExplosionSigns.Of(next, _firstNorm, options), AtOnce),
                _saturatedLoss.Take(AlarmKind.SaturatedLoss, next.Step, SaturationSigns.Of(next), options.Patience),
            ]).OfType<AlarmChange>(),
        ];
    }
}
