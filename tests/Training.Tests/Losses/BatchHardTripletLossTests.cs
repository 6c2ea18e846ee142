using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

public sealed class BatchHardTripletLossTests
{
    private const double Exact = 1e-12;

    [Fact]
    public void Loss_ThreeFourFiveTriangle_IsWorkedByHand()
    {
        // Row 0 at the right angle, 1 of its label at distance 3, 2 of another at distance 4; 1 and 2 are 5 apart; 2 has no positive.
        var batch = Batch(float64, [0, 0, 1], new double[,] { { 0, 0 }, { 3, 0 }, { 0, 4 } });

        var run = LossRun.Of(Hinge(margin: 3), batch);

        // 3 − 4 + 3, 3 − 5 + 3, and 0 − 4 + 3 which is below 0.
        Assert.Equal([2.0, 1.0, 0.0], run.Statistics.select(1, 0).data<double>());
        Assert.Equal(1.0, run.Value, Exact);
        // Row 0: u(0,1) − v(0,2) and −u(1,0); row 1: −u(0,1) and u(1,0) − v(1,2); row 2: v(0,2) + v(1,2). All over 3.
        var expected = tensor(new[,] { { -2, 1 }, { 2 - 0.6, 0.8 }, { 0.6, -1 - 0.8 } }) / 3;
        Assert.True((run.Gradients[0] - expected).abs().max().item<double>() < Exact);
    }

    [Fact]
    public void Loss_ValidAnchorsOnly_LeavesOutTheOneWithoutAPositive()
    {
        var batch = Batch(float64, [0, 0, 1], new double[,] { { 0, 0 }, { 3, 0 }, { 0, 4 } });

        var run = LossRun.Of(new BatchHardTripletLoss(Distance.Euclidean, 6, softMargin: false, TripletMean.ValidAnchors), batch);

        Assert.Equal((5 + 4) / 2.0, run.Value, Exact); // with all anchors (5 + 4 + 2) / 3
    }

    [Fact]
    public void Loss_EquallyHardRows_TakesTheFirst()
    {
        var batch = Batch(float64, [0, 1, 1, 0, 0], new double[,] { { 0 }, { 2 }, { -2 }, { 1 }, { -1 } });

        var statistics = LossRun.Of(Hinge(margin: 5), batch).Statistics;

        Assert.Equal([3.0, 1.0], statistics[0, TensorIndex.Slice(1, 3)].data<double>());
    }

    [Fact]
    public void Gradient_NearDuplicatesInFloat32_DoesNotCancel()
    {
        // Norm 400, true distance 0.003: ‖a‖² − 2a·b + ‖b‖² has an error of about 0.02 there.
        var rows = full(3, 64, 50f);
        rows[1, 0] += 0.003f;
        rows[2] += 1;
        var batch = Batch(float32, [0, 0, 1], rows);
        var apart = rows[1, 0].item<float>() - 50f;

        var run = LossRun.Of(Hinge(margin: 100), batch);

        Assert.Equal(apart, run.Statistics[0, 3].item<float>());
        Assert.Equal(2f / 3, run.Gradients[0][1, 0].item<float>(), 0.1f); // both unit vectors of the pair, and an eighth of those of row 2
    }

    [Fact]
    public void Score_CollapsedFarFromTheOrigin_MinesWhatFloat64Mines()
    {
        // Norm 400, distances of about 0.1: a squared distance by products has an error of about its own size there.
        using var generator = new Generator(7);
        var rows = 50f + (0.01f * randn([48, 64], generator: generator));
        ImmutableArray<int> labels = [.. Enumerable.Range(0, 48).Select(row => row % 6)];

        var single = LossRun.Of(Hinge(margin: 5), Batch(float32, labels, rows)).Statistics;
        var exact = LossRun.Of(Hinge(margin: 5), Batch(float64, labels, rows)).Statistics;

        Assert.Equal(exact.narrow(1, 1, 2).contiguous().data<double>(), single.narrow(1, 1, 2).to(float64).contiguous().data<double>());
    }

    [Fact]
    public void Score_MoreRowsThanFloat32Counts_Throws()
    {
        var batch = Batch(float32, [.. new int[(1 << 24) + 1]], zeros(1, 1).expand((1 << 24) + 1, 1));

        Assert.Throws<ArgumentOutOfRangeException>(() => Hinge(1).Over(batch).Score(new(0, 1)));
    }

    [Fact]
    public void Gradient_LongerThanOneTile_EqualsTheOneOfSmallTiles()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var batch = Batch(float64, [.. Enumerable.Range(0, 1500).Select(row => row % 50)], randn(1500, 4, float64)) with { Shards = [new(0, 1400), new(1400, 100)] };

        var run = LossRun.Of(Hinge(5), batch);
        var other = LossRun.Of(Hinge(5), batch with { Shards = LossRun.Shards(1500, 6) });

        Assert.Equal(other.Value, run.Value, Exact);
        Assert.True((run.Gradients[0] - other.Gradients[0]).abs().max().item<double>() < Exact);
    }

    [Theory]
    [InlineData(Distance.Euclidean, false)]
    [InlineData(Distance.Cosine, true)]
    public void Gradient_SmoothBatch_FollowsFiniteDifferences(Distance distance, bool softMargin) =>
        FiniteDifferences.Check(new BatchHardTripletLoss(distance, 5, softMargin, TripletMean.AllAnchors), new RandomBatch(4, 9, 3, 1, 3));

    private static BatchHardTripletLoss Hinge(double margin) => new(Distance.Euclidean, margin, softMargin: false, TripletMean.AllAnchors);

    private static EmbeddingBatch Batch(ScalarType dtype, ImmutableArray<int> labels, double[,] rows) => Batch(dtype, labels, tensor(rows));

    private static EmbeddingBatch Batch(ScalarType dtype, ImmutableArray<int> labels, Tensor rows) => new()
    {
        Columns = [rows.to(dtype)],
        TextHashes = [[.. labels.Select((_, row) => (ulong)row + 1)]],
        Labels = labels,
        Shards = LossRun.Shards(labels.Length, Math.Min(2, labels.Length)),
    };
}
