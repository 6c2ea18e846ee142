using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>
/// The embedding watch: figures that tell whether the space of embeddings does well, under the names of <see cref="WatchFigures"/>. A pure function of
/// the gathered batch, so every rank would give the same. All of them are computed in double precision over at most <see cref="MostTexts"/> distinct texts,
/// evenly spaced over the batch: the cost does not grow with the batch, but for one look at whether all of it is finite.
/// </summary>
public static class EmbeddingWatch
{
    /// <summary>Most texts, and most pairs that belong together, that a measurement is over.</summary>
    public const int MostTexts = 1024;

    private const int MostLossMeasures = 32; // a vote carries 64 figures

    /// <summary>Measures one batch.</summary>
    /// <param name="batch">The gathered embeddings.</param>
    /// <param name="options">The loss that they are trained by.</param>
    /// <param name="loss">Its value.</param>
    /// <param name="lossMeasures">What it tells of itself; the first 32 keep their names. Those that are not finite are left out.</param>
    public static ImmutableSortedDictionary<string, double> Measure(
        EmbeddingBatch batch, LossOptions options, double loss, IReadOnlyDictionary<string, double> lossMeasures)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(lossMeasures);

        using var gradientMode = no_grad();
        var figures = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in lossMeasures.OrderBy(measure => measure.Key, StringComparer.Ordinal).Take(MostLossMeasures))
            figures[name] = value;
        figures[WatchFigures.Loss] = loss;
        figures[WatchFigures.SaturatedLoss] = LossLevel.OfEqualEmbeddings(options) ?? double.NaN;
        if (batch.Labels.Any(label => label >= 0))
            figures[WatchFigures.Classes] = batch.Labels.Distinct().Count();
        figures[WatchFigures.NonFinite] = FiniteRows.CountOthers(batch);
        MeasureSpace(batch, figures);
        foreach (var (name, value) in figures.ToList())
            if (!double.IsFinite(value))
                figures.Remove(name);
        return figures.ToImmutable();
    }

    private static void MeasureSpace(EmbeddingBatch batch, ImmutableSortedDictionary<string, double>.Builder figures)
    {
        using var scope = NewDisposeScope();
        var space = new SpaceFigures(FiniteRows.Of(WatchedTexts.Gather(batch, WatchedTexts.Choose(batch, MostTexts))));
        figures[WatchFigures.Texts] = space.Texts;
        figures[WatchFigures.Alignment] = TextPairs.Alignment(batch, TextPairs.Choose(batch, MostTexts));
        if (space.Texts == 0)
            return;
        (figures[WatchFigures.NormMean], figures[WatchFigures.NormSpread]) = space.Norms;
        (figures[WatchFigures.Radius], figures[WatchFigures.RelativeRadius]) = space.Radius;
        figures[WatchFigures.EffectiveRank] = space.EffectiveRank;
        if (space.Texts == 1)
            return;
        figures[WatchFigures.MeanCosine] = space.MeanCosine;
        figures[WatchFigures.Uniformity] = space.Uniformity;
    }
}
