using Distributed.Jobs;

namespace Distributed.Coordinator.Watch;

/// <summary>Whether embeddings grow without bound: many times as long as at first, or embeddings or loss not finite.</summary>
internal static class ExplosionSigns
{
    private const double Hysteresis = 2; // it is over at half the limit

    public static AlarmSign Of(Measurement measured, double? firstNorm, WatchOptions options)
    {
        if (measured[WatchFigures.NonFinite] is > 0 and var others)
            return new(SignLevel.Bad, FormattableString.Invariant($"{others:G6} embeddings are not finite"));
        if (measured[WatchFigures.Loss] is null)
            return new(SignLevel.Bad, "the loss is not finite");
        if (measured[WatchFigures.NormMean] is not { } norm || firstNorm is not > 0)
            return AlarmSign.Unknown;

        var growth = norm / firstNorm.Value;
        var level = growth >= options.ExplosionFactor ? SignLevel.Bad : growth <= options.ExplosionFactor / Hysteresis ? SignLevel.Good : SignLevel.Between;
        return new(level, FormattableString.Invariant($"embeddings are {norm:G3} long, {growth:G3} times as long as at first"));
    }
}
