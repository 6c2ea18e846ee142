using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Pairs;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Pairs;

public sealed class PairLossTests
{
    private const double Exact = 1e-12;
    private const double Offset = 1e-5; // what ε = 1e-6 in each component leaves

    [Fact]
    public void Contrastive_ThreeFourFiveTriangle_IsWorkedByHand()
    {
        // Two pairs at distance 5, one that belongs together; the other is 1 short of the margin.
        var batch = Batch([1, 0], new double[,] { { 3, 4 }, { 3, 4 } }, new double[,] { { 0, 0 }, { 0, 0 } });

        var run = LossRun.Of(new ContrastiveLoss(Distance.Euclidean, 6, sum: false), batch);

        Assert.Equal((12.5 + 0.5) / 2, run.Value, Offset);
        AssertNear(new[,] { { 3 / 2.0, 4 / 2.0 }, { -0.6 / 2, -0.8 / 2 } }, run.Gradients[0]);
        AssertNear(new[,] { { -3 / 2.0, -4 / 2.0 }, { 0.6 / 2, 0.8 / 2 } }, run.Gradients[1]);
    }

    [Fact]
    public void Contrastive_EqualTexts_KeepASlope()
    {
        var batch = Batch([0], new double[,] { { 1, 2 } }, new double[,] { { 1, 2 } });

        var gradient = LossRun.Of(new ContrastiveLoss(Distance.Euclidean, 1, sum: true), batch).Gradients[0];

        AssertNear(new[,] { { -Math.Sqrt(0.5), -Math.Sqrt(0.5) } }, gradient); // pushed apart along ε
    }

    [Fact]
    public void OnlineContrastive_Thresholds_AreThoseOfTheWholeBatch()
    {
        // Positives at 1 and 3, negatives at 2 and 4: only the positive at 3 is beyond the nearest negative, only the negative at 2 within the farthest positive.
        var batch = Batch([1, 1, 0, 0], new double[,] { { 1 }, { 3 }, { 2 }, { 4 } }, new double[4, 1]);

        var run = LossRun.Of(new OnlineContrastiveLoss(Distance.Manhattan, 5), batch);

        Assert.Equal(9 + 9, run.Value, Offset * 10);
        AssertNear(new double[,] { { 0 }, { 6 }, { -6 }, { 0 } }, run.Gradients[0]);
    }

    [Fact]
    public void OnlineContrastive_OnePositive_TakesTheNegativesMean()
    {
        var batch = Batch([1, 0, 0, 0], new double[,] { { 9 }, { 1 }, { 2 }, { 6 } }, new double[4, 1]);

        var gradient = LossRun.Of(new OnlineContrastiveLoss(Distance.Manhattan, 10), batch).Gradients[0];

        AssertNear(new double[,] { { 18 }, { -18 }, { -16 }, { 0 } }, gradient); // the mean is 3
    }

    [Fact]
    public void OnlineContrastive_EqualDistancesOfOneKind_AreNotHard()
    {
        var batch = Batch([0, 0, 0], new double[,] { { 0.1 }, { 0.1 }, { 0.1 } }, new double[3, 1]);

        Assert.Equal(0, LossRun.Of(new OnlineContrastiveLoss(Distance.Manhattan, 1), batch).Value); // rounding must not put them below their mean
    }

    [Fact]
    public void CoSent_TwoPairs_IsWorkedByHand()
    {
        var batch = Batch([0.2f, 0.9f], new double[,] { { 1, 0 }, { 1, 0 } }, new double[,] { { 1, 0 }, { 0, 1 } });

        Assert.Equal(Math.Log(1 + Math.Exp(2)), LossRun.Of(new CoSENTLoss(2), batch).Value, Exact); // cosines 1 and 0, in the wrong order
    }

    [Fact]
    public void CoSent_TinyLoss_IsNotRoundedAway()
    {
        var batch = Batch([0.2f, 0.9f], new double[,] { { 1, 0 }, { 1, 0 } }, new double[,] { { -1, 0 }, { 1, 0 } });

        Assert.Equal(Math.Exp(-200), LossRun.Of(new CoSENTLoss(100), batch).Value, Math.Exp(-200) * 1e-9);
    }

    [Fact]
    public void CoSent_ManyRows_HoldsNoSquareMatrix()
    {
        // The N × N differences would be 80 GB.
        const int Rows = 100_000;
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var batch = new EmbeddingBatch
        {
            Columns = [randn([Rows, 4], generator: generator), randn([Rows, 4], generator: generator)],
            TextHashes = [[.. new ulong[Rows]], [.. new ulong[Rows]]],
            Labels = [.. Enumerable.Repeat(-1, Rows)],
            Scores = [.. Enumerable.Range(0, Rows).Select(row => (float)(row % 977))],
            Shards = LossRun.Shards(Rows, 3),
        };

        var run = LossRun.Of(new CoSENTLoss(20), batch);

        Assert.InRange(run.Value, Math.Log(Rows), 40 + (2 * Math.Log(Rows)));
        Assert.True(run.Gradients[0].isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnglE_ZeroVector_HasAngleZeroAndNoGradient(bool first)
    {
        var rows = new double[,] { { 1, 2, 3, 4 }, { 0, 0, 0, 0 }, { 2, 1, 0, 1 } };
        var other = new double[,] { { 1, 0, 1, 0 }, { 1, 1, 1, 1 }, { 0, 1, 2, 0 } };
        var batch = first ? Batch([0.1f, 0.5f, 0.9f], rows, other) : Batch([0.1f, 0.5f, 0.9f], other, rows);

        var run = LossRun.Of(new AnglELoss(20), batch);

        Assert.True(double.IsFinite(run.Value));
        Assert.Equal(0, run.Statistics[1, 0].item<double>());
        Assert.All(run.Gradients, gradient => Assert.Equal(0, gradient[1].abs().max().item<double>()));
        Assert.All(run.Gradients, gradient => Assert.NotEqual(0, gradient[0].abs().max().item<double>()));
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(-1f)]
    public void Contrastive_OtherScores_AreRefusedByRow(float score)
    {
        var batch = Batch([1, score], new double[2, 2], new double[2, 2]);

        foreach (var loss in (IEmbeddingLoss[])[new ContrastiveLoss(Distance.Cosine, 0.5, sum: false), new OnlineContrastiveLoss(Distance.Cosine, 0.5)])
            Assert.Contains("Row 1 of the batch has the score", Assert.Throws<ArgumentException>(() => loss.Over(batch)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_NoScoresOrAnotherNumberOfColumns_IsRefused()
    {
        var batch = Batch([1], new double[1, 2], new double[1, 2]);

        Assert.Throws<ArgumentException>(() => new CoSENTLoss(20).Over(batch with { Scores = [] }));
        Assert.Throws<ArgumentException>(() => new CoSENTLoss(20).Over(batch with { Columns = [batch.Columns[0]] }));
    }

    [Fact]
    public void Gradient_LongerThanOneTile_EqualsTheOneOfSmallTiles()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var batch = Batch([.. Enumerable.Range(0, 1500).Select(row => row % 7 / 7f)], new double[1500, 4], new double[1500, 4]);
        batch = batch with { Columns = [randn(1500, 4, float64), randn(1500, 4, float64)], Shards = [new(0, 1400), new(1400, 100)] };

        var run = LossRun.Of(new CoSENTLoss(20), batch);
        var other = LossRun.Of(new CoSENTLoss(20), batch with { Shards = LossRun.Shards(1500, 6) });

        Assert.Equal(other.Value, run.Value, Exact);
        Assert.True((run.Gradients[1] - other.Gradients[1]).abs().max().item<double>() < Exact);
    }

    [Fact]
    public void Measures_Contrastive_SayWhichShareOfPairsIsActive()
    {
        var batch = Batch([1, 0, 0, 0], new double[,] { { 1 }, { 1 }, { 2 }, { 6 } }, new double[4, 1]);
        using var pass = new ContrastiveLoss(Distance.Manhattan, 1.5, sum: false).Over(batch);
        var statistics = cat([.. batch.Shards.Select(pass.Score)], 0);

        Assert.Equal(0.5, pass.Measures(statistics)["active_pairs"]);
    }

    private static void AssertNear(double[,] expected, Tensor actual) => Assert.True((tensor(expected) - actual).abs().max().item<double>() < Offset, actual.ToString(TorchSharp.TensorStringStyle.Numpy));

    private static EmbeddingBatch Batch(ImmutableArray<float> scores, double[,] a, double[,] b) => new()
    {
        Columns = [tensor(a), tensor(b)],
        TextHashes = [[.. scores.Select((_, row) => (ulong)row + 1)], [.. scores.Select((_, row) => (ulong)row + 1001)]],
        Labels = [.. scores.Select(_ => -1)],
        Scores = scores,
        Shards = LossRun.Shards(scores.Length, Math.Min(2, scores.Length)),
    };
}
