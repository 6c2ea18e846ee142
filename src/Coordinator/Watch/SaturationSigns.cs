using Distributed.Jobs;

namespace Distributed.Coordinator.Watch;

/// <summary>
/// Whether a margin loss is stuck at the level of equal embeddings: hardest positives as far away as hardest negatives. A hinge that is inactive everywhere,
/// the other end, is no alarm: nothing is left to learn from such batches, and nothing goes wrong.
/// </summary>
internal static class SaturationSigns
{
    private const double Near = 0.02;    // of the level: a loss that moves at all leaves this band between two measurements
    private const double Away = 0.05;
    private const double Separated = 2;  // times as far: equal embeddings have 1

    public static AlarmSign Of(Measurement measured)
    {
        if (measured[WatchFigures.SaturatedLoss] is not (> 0 and var level) || measured[WatchFigures.Loss] is not { } loss)
            return AlarmSign.Unknown;

        // Loss far below a margin that dwarfs every distance is near it as well: not stuck as long as negatives are clearly farther than positives.
        var isSeparated = measured[WatchFigures.HardestNegative] >= Separated * measured[WatchFigures.HardestPositive];
        var offset = isSeparated ? double.PositiveInfinity : Math.Abs(loss - level) / level;
        return new(offset <= Near ? SignLevel.Bad : offset >= Away ? SignLevel.Good : SignLevel.Between, Describe(measured, loss, level));
    }

    private static string Describe(Measurement measured, double loss, double level)
    {
        var distances = measured[WatchFigures.HardestPositive] is { } positive && measured[WatchFigures.HardestNegative] is { } negative
            ? FormattableString.Invariant($", hardest positive at {positive:G3}, hardest negative at {negative:G3}")
            : "";
        return FormattableString.Invariant($"loss {loss:G4}, equal embeddings have {level:G4}{distances}");
    }
}
