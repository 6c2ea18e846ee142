using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Tests.Losses;
using Distributed.Training.Watch;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Watch;

public sealed class EmbeddingWatchTests
{
    private const double Tolerance = 1e-9; // everything is reckoned in double precision

    private static readonly LossOptions BatchHard = new MinedTripletLossOptions();

    [Fact]
    public void Measure_TwoAxes_IsAsWorkedByHand()
    {
        // (3, 0), (0, 4), (0, 5): norms 3, 4, 5; the cosines of the three pairs are 0, 0, 1.
        var figures = Measure(Batch([[3, 0], [0, 4], [0, 5]], labels: [0, 1, 1]), BatchHard);

        Assert.Equal(3, figures[WatchFigures.Texts]);
        Assert.Equal(2, figures[WatchFigures.Classes]);
        Assert.Equal(4, figures[WatchFigures.NormMean], Tolerance);
        Assert.Equal(Math.Sqrt(2.0 / 3), figures[WatchFigures.NormSpread], Tolerance);
        Assert.Equal(1.0 / 3, figures[WatchFigures.MeanCosine], Tolerance);
        // The centre is (1, 3): squared distances 4 + 9, 1 + 1, 1 + 4 sum to 20. Squared lengths: 9 + 16 + 25 = 50.
        Assert.Equal(Math.Sqrt(20.0 / 3), figures[WatchFigures.Radius], Tolerance);
        Assert.Equal(Math.Sqrt(20.0 / 50), figures[WatchFigures.RelativeRadius], Tolerance);
        // Singular values 3 and √(16 + 25).
        Assert.Equal(EffectiveRank(3, Math.Sqrt(41)), figures[WatchFigures.EffectiveRank], Tolerance);
        // Two pairs at squared distance 2, one at 0.
        Assert.Equal(Math.Log((2 * Math.Exp(-4) + 1) / 3), figures[WatchFigures.Uniformity], Tolerance);
        Assert.Equal(0, figures[WatchFigures.Alignment], Tolerance);
    }

    [Fact]
    public void Measure_AnchorsAndPositives_AlignmentIsOverTheRows()
    {
        var batch = Batch([[1, 0], [0, 2]], [[0, 3], [0, 1]], labels: [-1, -1]);

        var figures = Measure(batch, new RankingLossOptions());

        Assert.Equal(4, figures[WatchFigures.Texts]);
        Assert.Equal((2 + 0) / 2.0, figures[WatchFigures.Alignment], Tolerance);
        Assert.False(figures.ContainsKey(WatchFigures.Classes));
        Assert.False(figures.ContainsKey(WatchFigures.SaturatedLoss));
    }

    [Fact]
    public void Measure_ScoredPairs_AlignmentIsOverHighScores()
    {
        var batch = Batch([[1, 0], [1, 0]], [[1, 0], [0, 1]], labels: [-1, -1]);

        Assert.Equal(0, Measure(batch with { Scores = [5, 1] }, new ScoreLossOptions())[WatchFigures.Alignment], Tolerance);
        Assert.Equal(1, Measure(batch with { Scores = [5, 4] }, new ScoreLossOptions())[WatchFigures.Alignment], Tolerance);
        Assert.False(Measure(batch with { Scores = [0, 0] }, new ScoreLossOptions()).ContainsKey(WatchFigures.Alignment));
    }

    [Fact]
    public void Measure_TextThatOccursTwice_CountsOnce()
    {
        var batch = Batch([[1, 0], [1, 0], [0, 1]], labels: [0, 0, 1]) with { TextHashes = [[7, 7, 8]] };

        var figures = Measure(batch, BatchHard);

        Assert.Equal(2, figures[WatchFigures.Texts]);
        Assert.Equal(0, figures[WatchFigures.MeanCosine], Tolerance);
        Assert.False(figures.ContainsKey(WatchFigures.Alignment));
    }

    [Fact]
    public void Measure_OneText_LeavesOutWhatNeedsTwo()
    {
        var figures = Measure(Batch([[3, 4]], labels: [0]), BatchHard);

        Assert.Equal((5, 0, 0, 1), (figures[WatchFigures.NormMean], figures[WatchFigures.NormSpread], figures[WatchFigures.Radius], figures[WatchFigures.EffectiveRank]));
        Assert.False(figures.ContainsKey(WatchFigures.MeanCosine));
        Assert.False(figures.ContainsKey(WatchFigures.Uniformity));
    }

    [Fact]
    public void Measure_NoText_HasNoFigureOfTheSpace()
    {
        var figures = Measure(Batch([[3, 4]], labels: [0]) with { TextHashes = [[0UL]] }, BatchHard);

        Assert.Equal(0, figures[WatchFigures.Texts]);
        Assert.False(figures.ContainsKey(WatchFigures.NormMean));
    }

    [Fact]
    public void Measure_AllEqual_IsOnePoint()
    {
        var figures = Measure(Batch([[0.3, 0.1], [0.3, 0.1], [0.3, 0.1]], labels: [0, 0, 1]), BatchHard);

        Assert.Equal(0, figures[WatchFigures.RelativeRadius], Tolerance);
        Assert.Equal(1, figures[WatchFigures.MeanCosine], Tolerance);
        Assert.Equal(1, figures[WatchFigures.EffectiveRank], tolerance: 1e-6);
        Assert.Equal(0, figures[WatchFigures.Uniformity], Tolerance);
    }

    [Fact]
    public void Measure_AllZero_IsNoDirectionAtAll()
    {
        var figures = Measure(Batch([[0, 0], [0, 0]], labels: [0, 1]), BatchHard);

        Assert.Equal(0, figures[WatchFigures.EffectiveRank]);
        Assert.Equal(0, figures[WatchFigures.RelativeRadius]);
        Assert.Equal(0, figures[WatchFigures.MeanCosine]);
        Assert.Equal(0, figures[WatchFigures.Uniformity], Tolerance);
    }

    [Fact]
    public void Measure_NotFinite_IsCountedAndLeftOut()
    {
        var batch = Batch([[1, 0], [double.NaN, 0], [0, 1], [double.PositiveInfinity, 1]], labels: [0, 0, 1, 1]);

        var figures = Measure(batch, BatchHard, loss: double.NaN);

        Assert.Equal(2, figures[WatchFigures.NonFinite]);
        Assert.Equal(2, figures[WatchFigures.Texts]);
        Assert.Equal(1, figures[WatchFigures.NormMean], Tolerance);
        Assert.False(figures.ContainsKey(WatchFigures.Loss));
        Assert.False(figures.ContainsKey(WatchFigures.Alignment));
    }

    [Fact]
    public void Measure_LossMeasures_KeepTheirNamesUnlessNotFinite()
    {
        var measures = new Dictionary<string, double> { ["active_triplets"] = 0.25, ["odd"] = double.NaN };

        var figures = EmbeddingWatch.Measure(Batch([[1, 0], [0, 1]], labels: [0, 1]), new MinedTripletLossOptions { Margin = 0.3 }, 0.2, measures);

        Assert.Equal((0.25, 0.2, 0.3), (figures[WatchFigures.ActiveTriplets], figures[WatchFigures.Loss], figures[WatchFigures.SaturatedLoss]));
        Assert.False(figures.ContainsKey("odd"));
    }

    public static TheoryData<LossOptions, double?> Levels => new()
    {
        { new MinedTripletLossOptions { Margin = 0.3 }, 0.3 },
        { new MinedTripletLossOptions { SoftMargin = true }, Math.Log(2) },
        { new TripletLossOptions { Margin = 2 }, 2 },
        { new MinedTripletLossOptions { Mining = TripletMining.BatchAll }, null },
        { new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard }, null },
        { new MinedTripletLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [1] } }, null },
        { new RankingLossOptions(), null },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public void Measure_EachLoss_SaysWhereEqualEmbeddingsPutIt(LossOptions options, double? level)
    {
        var figures = Measure(Batch([[1, 0], [0, 1]], labels: [0, 1]), options);

        Assert.Equal(level, figures.TryGetValue(WatchFigures.SaturatedLoss, out var value) ? value : null);
    }

    [Fact]
    public void Measure_MoreTextsThanItTakes_TakesEvenlySpacedOnes()
    {
        const int Rows = 3 * EmbeddingWatch.MostTexts;
        using var scope = NewDisposeScope();
        var norms = arange(Rows, float64).unsqueeze(1);
        var batch = Build([norms], Enumerable.Repeat(-1, Rows));

        var figures = Measure(batch, BatchHard);

        Assert.Equal(EmbeddingWatch.MostTexts, figures[WatchFigures.Texts]);
        Assert.Equal(3 * (EmbeddingWatch.MostTexts - 1) / 2.0, figures[WatchFigures.NormMean], Tolerance * Rows);
    }

    [Fact]
    public void Measure_AnyBatch_IsFiniteAndThatOfAPlainReference()
    {
        Prop.ForAll(RandomBatch.Any(mostColumns: 3), Gen.Elements(1e-18, 1e-3, 1, 1e3, 1e15).ToArbitrary(), (drawn, size) =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float32);
            batch = batch with { Columns = [.. batch.Columns.Select(column => column * size)] };

            var figures = Measure(batch, BatchHard);

            return figures.Values.All(double.IsFinite) && PlainSpace.Of(batch).All(f => Near(f.Key, f.Value, figures));
        }).QuickCheckThrowOnFailure();
    }

    // Of equal embeddings the radius is the rounding of their mean, and the rank is 1 but for the root of the rounding of a product.
    private static bool Near(string figure, double expected, ImmutableSortedDictionary<string, double> found)
    {
        var tolerance = figure == WatchFigures.EffectiveRank ? 1e-5 : 1e-6;
        return Math.Abs(expected - found[figure]) <= (tolerance * Math.Max(1, Math.Abs(expected))) + (1e-14 * found[WatchFigures.NormMean]);
    }

    private static double EffectiveRank(params double[] singular) =>
        Math.Exp(-singular.Select(s => s / singular.Sum()).Sum(p => p * Math.Log(p)));

    private static ImmutableSortedDictionary<string, double> Measure(EmbeddingBatch batch, LossOptions options, double loss = 1) =>
        EmbeddingWatch.Measure(batch, options, loss, ImmutableDictionary<string, double>.Empty);

    private static EmbeddingBatch Batch(double[][] rows, int[] labels) => Batch([rows], labels);

    private static EmbeddingBatch Batch(double[][] anchors, double[][] positives, int[] labels) => Batch([anchors, positives], labels);

    private static EmbeddingBatch Batch(double[][][] columns, int[] labels) =>
        Build([.. columns.Select(rows => stack(rows.Select(row => tensor(row))))], labels);

    /// <summary>A batch of one shard whose texts all differ.</summary>
    private static EmbeddingBatch Build(ImmutableArray<Tensor> columns, IEnumerable<int> labels)
    {
        ImmutableArray<int> all = [.. labels];
        return new EmbeddingBatch
        {
            Columns = columns,
            TextHashes = [.. columns.Select((_, column) => Enumerable.Range(1, all.Length).Select(row => (ulong)(column * all.Length + row)).ToImmutableArray())],
            Labels = all,
            Shards = LossRun.Shards(all.Length, 1),
        };
    }
}
