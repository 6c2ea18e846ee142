using Distributed.Jobs;

namespace Distributed.Coordinator.Watch;

/// <summary>
/// Whether embeddings draw together. Any one of these will do: texts share one direction (mean cosine); they share one point (radius against their
/// length); the cloud has shrunk to a fraction of its first size, which is how raw Euclidean embeddings collapse towards the origin; one direction is left
/// (effective rank), where texts and classes are enough to need more.
/// </summary>
internal static class CollapseSigns
{
    private const double Hysteresis = 2;           // it is over at twice the distance from the limit
    private const double ShrunkTo = 0.02;          // of the first radius: two orders of magnitude below what training starts from
    private const double FewDirections = 2;        // any two classes need one direction, three need two
    private const int EnoughToNeedMore = 8;        // texts and classes from which on two directions are too few

    public static AlarmSign Of(Measurement measured, double? firstRadius, WatchOptions options)
    {
        if (measured[WatchFigures.RelativeRadius] is not { } relative || measured[WatchFigures.MeanCosine] is not { } cosine)
            return AlarmSign.Unknown;

        // Vectors of one length with mean cosine c have the relative radius √(1 − c).
        var apart = Math.Min(1 - cosine, relative * relative) / (1 - options.CollapseCosine);
        var size = firstRadius is > 0 && measured[WatchFigures.Radius] is { } radius ? radius / firstRadius.Value / ShrunkTo : Hysteresis;
        var rank = NeedsDirections(measured) && measured[WatchFigures.EffectiveRank] is { } effective ? effective / FewDirections : Hysteresis;
        var worst = Math.Min(apart, Math.Min(size, rank)); // 1 at a limit, less beyond it
        return new(worst <= 1 ? SignLevel.Bad : worst >= Hysteresis ? SignLevel.Good : SignLevel.Between, Describe(measured, firstRadius));
    }

    private static bool NeedsDirections(Measurement measured) =>
        measured[WatchFigures.Texts] >= EnoughToNeedMore && (measured[WatchFigures.Classes] ?? EnoughToNeedMore) >= EnoughToNeedMore;

    private static string Describe(Measurement measured, double? firstRadius) => FormattableString.Invariant(
        $"mean cosine {measured[WatchFigures.MeanCosine]:G4}, effective rank {measured[WatchFigures.EffectiveRank]:G3}, radius {measured[WatchFigures.Radius]:G3}, at first {firstRadius ?? 0:G3}");
}
