using System.Collections.Immutable;
using Distributed.Coordinator.Watch;
using Distributed.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Coordinator.Tests.Watch;

public sealed class EmbeddingAlarmsTests
{
    private static readonly WatchOptions Options = new();

    [Fact]
    public void Take_TextsDrawTogether_RaisesCollapseOnceAndEndsItOnce()
    {
        var changes = Run(Cosine(0.9), Cosine(0.99), Cosine(0.99), Cosine(0.995), Cosine(0.999), Cosine(0.97), Cosine(0.95), Cosine(0.9));

        Assert.Equal([("collapse", true, 3L), ("collapse", false, 6L)], changes);
    }

    [Fact]
    public void Take_CollapsedNowAndThen_RaisesNothing() =>
        Assert.Empty(Run(Cosine(0.9), Cosine(0.99), Cosine(0.99), Cosine(0.97), Cosine(0.99), Cosine(0.99), Cosine(0.9)));

    [Fact]
    public void Take_EqualLengthsAtOnePoint_RaisesCollapse() =>
        Assert.Equal([("collapse", true, 2L)], Run([.. Enumerable.Repeat(Figures(relativeRadius: 0.05, cosine: 0.5), 3)]));

    [Fact]
    public void Take_EuclideanCloudShrinksTowardsTheOrigin_RaisesCollapse()
    {
        // Directions stay as they were: only the size of the cloud tells.
        var changes = Run([Figures(radius: 3), .. Enumerable.Repeat(Figures(radius: 0.05), 3), Figures(radius: 1)]);

        Assert.Equal([("collapse", true, 3L), ("collapse", false, 4L)], changes);
    }

    [Fact]
    public void Take_AllZero_RaisesCollapse() =>
        Assert.Equal([("collapse", true, 2L)], Run([.. Enumerable.Repeat(Figures(radius: 0, relativeRadius: 0, cosine: 0, rank: 0, norm: 0), 3)]));

    [Fact]
    public void Take_OneDirectionIsLeft_RaisesCollapseWhereMoreAreNeeded()
    {
        var line = Figures(cosine: 0, rank: 1.2);

        Assert.Equal([("collapse", true, 2L)], Run(line, line, line));
        Assert.Empty(Run([.. Enumerable.Repeat(line.SetItem(WatchFigures.Classes, 2), 3)]));
        Assert.Empty(Run([.. Enumerable.Repeat(line.SetItem(WatchFigures.Texts, 4), 3)]));
    }

    [Fact]
    public void Take_TenTimesAsLong_RaisesExplosionAtOnce()
    {
        var changes = Run(Figures(norm: 2), Figures(norm: 19), Figures(norm: 20), Figures(norm: 11), Figures(norm: 10), Figures(norm: 21));

        Assert.Equal([("explosion", true, 2L), ("explosion", false, 4L), ("explosion", true, 5L)], changes);
    }

    [Fact]
    public void Take_NotFinite_RaisesExplosion()
    {
        Assert.Equal([("explosion", true, 1L), ("explosion", false, 2L)], Run(Figures(), Figures().SetItem(WatchFigures.NonFinite, 1), Figures()));
        Assert.Equal([("explosion", true, 1L)], Run(Figures(), Figures().Remove(WatchFigures.Loss)));
    }

    [Fact]
    public void Take_LossStuckAtTheMargin_RaisesSaturatedLoss()
    {
        var stuck = Loss(5.02, positive: 0.03, negative: 0.01);

        var changes = Run(Loss(6, 4, 3), stuck, stuck, stuck, stuck, Loss(4.85, 1, 1.5), Loss(4, 1, 2));

        Assert.Equal([("saturated-loss", true, 3L), ("saturated-loss", false, 6L)], changes);
    }

    [Fact]
    public void Take_LossPassesTheMargin_RaisesNothing() =>
        Assert.Empty(Run(Loss(6, 4, 3), Loss(5.05, 3, 2.95), Loss(4.97, 3, 3.03), Loss(4, 2, 3)));

    [Fact]
    public void Take_MarginDwarfsDistancesThatAreWellApart_RaisesNothing() =>
        Assert.Empty(Run([.. Enumerable.Repeat(Loss(989, 1, 12, margin: 1000), 5)]));

    [Fact]
    public void Take_HingeInactiveEverywhere_RaisesNothing() => Assert.Empty(Run([.. Enumerable.Repeat(Loss(0, 1, 9), 5)]));

    [Fact]
    public void Take_MeasurementsOfAnotherLossBetween_ArePassedOver()
    {
        var (stuck, other) = (Loss(5, 0.01, 0.01), Figures());

        Assert.Equal([("saturated-loss", true, 4L)], Run(stuck, other, stuck, other, stuck));
    }

    [Fact]
    public void Take_AnySequence_RaisesAndEndsInTurnAndDependsOnNothingElse()
    {
        Prop.ForAll(Sequences, sequence =>
        {
            var changes = Run([.. sequence]);

            return changes.SequenceEqual(Run([.. sequence]))
                && changes.GroupBy(change => change.Name).All(kind => kind.Select((change, i) => change.IsRaised == (i % 2 == 0)).All(isInTurn => isInTurn));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Take_AnySequence_GivesReasonsOnOneLine()
    {
        Prop.ForAll(Sequences, sequence =>
        {
            var alarms = new EmbeddingAlarms(Options);
            return sequence.SelectMany((figures, step) => alarms.Take(new Measurement(step, figures)))
                .All(change => change.Reason.Length is > 0 and < 300 && !change.Reason.Contains('\n'));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Figures at and around every limit, missing ones and such that are no numbers.</summary>
    private static Arbitrary<ImmutableSortedDictionary<string, double>[]> Sequences => (
        from name in Gen.Elements(
            WatchFigures.MeanCosine, WatchFigures.RelativeRadius, WatchFigures.Radius, WatchFigures.EffectiveRank, WatchFigures.NormMean,
            WatchFigures.NonFinite, WatchFigures.Loss, WatchFigures.SaturatedLoss, WatchFigures.HardestPositive, WatchFigures.HardestNegative)
        from value in Gen.Elements(0, -1, 0.001, 0.1, 0.98, 1, 2, 5, 100, 1e300, double.NaN, double.PositiveInfinity)
        from isMissing in Gen.Elements(true, false, false)
        select isMissing ? Figures().Remove(name) : Figures().SetItem(name, value)).ArrayOf().ToArbitrary();

    private static List<(string Name, bool IsRaised, long Step)> Run(params ImmutableSortedDictionary<string, double>[] measurements)
    {
        var alarms = new EmbeddingAlarms(Options);
        return [.. measurements.SelectMany((figures, step) => alarms.Take(new Measurement(step, figures))).Select(change => (change.Name, change.IsRaised, change.Step))];
    }

    private static ImmutableSortedDictionary<string, double> Cosine(double cosine) => Figures(cosine: cosine, relativeRadius: Math.Sqrt(1 - cosine));

    private static ImmutableSortedDictionary<string, double> Loss(double loss, double positive, double negative, double margin = 5) => Figures()
        .SetItem(WatchFigures.Loss, loss).SetItem(WatchFigures.SaturatedLoss, margin)
        .SetItem(WatchFigures.HardestPositive, positive).SetItem(WatchFigures.HardestNegative, negative);

    /// <summary>A measurement of a space that does well.</summary>
    private static ImmutableSortedDictionary<string, double> Figures(
        double norm = 10, double radius = 8, double relativeRadius = 0.8, double cosine = 0.3, double rank = 50) =>
        new Dictionary<string, double>
        {
            [WatchFigures.Texts] = 64, [WatchFigures.NonFinite] = 0, [WatchFigures.NormMean] = norm, [WatchFigures.Radius] = radius,
            [WatchFigures.RelativeRadius] = relativeRadius, [WatchFigures.MeanCosine] = cosine, [WatchFigures.EffectiveRank] = rank, [WatchFigures.Loss] = 1,
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
