using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Triplets;
using static Distributed.Training.Tests.Losses.Triplets.LabelledRows;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

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

        var run = LossRun.Of(new BatchHardTripletLoss(new() { Margin = 6, Mean = TripletMean.ValidAnchors }), batch);

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
    [InlineData(Distance.Euclidean)]
    [InlineData(Distance.Cosine)]
    public void Loss_LongerThanTheRowsThatShareCandidates_EqualsTheOneOfSmallShardsAndOfDoubles(Distance distance)
    {
        const int Rows = (HardestRows.AnchorBlocks * Blocks.Size) + 300;
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        var batch = Batch(float64, [.. Enumerable.Range(0, Rows).Select(row => row % 50)], randn(Rows, 4, float64));
        var loss = new BatchHardTripletLoss(new MinedTripletLossOptions { Distance = distance });

        var whole = LossRun.Of(loss, batch with { Shards = [new(0, Rows)] }).Value;
        var cut = LossRun.Of(loss, batch with { Shards = LossRun.Shards(Rows, 9) }).Value;
        var inFloats = LossRun.Of(loss, batch with { Columns = [batch.Columns[0].to(float32)], Shards = [new(0, Rows)] }).Value;

        Assert.Equal(cut, whole, Exact);
        Assert.Equal(whole, inFloats, 1e-5);
    }

    [Fact]
    public void Loss_MemoryHoldsHarderRows_MinesThemAfterThoseOfTheBatch()
    {
        // Row 0: its positive at 1 is as far as the memory's at −1, its negative at 5 is farther than the memory's at 2, which is there twice.
        var batch = Batch(float64, [0, 0, 1], new double[,] { { 0 }, { 1 }, { 5 } }) with
        {
            Memory = Memory(float64, [0, 7, 7], new double[,] { { -1 }, { 2 }, { 2 } }),
        };

        var run = LossRun.Of(Hinge(margin: 5), batch);

        Assert.Equal([4.0, 1, 4, 1, 2], run.Statistics[0].data<double>());
        // Row 1: positive at −1, negative at 2; row 2: no positive, negative of memory at 2.
        Assert.Equal([6.0, 3, 4, 2, 1], run.Statistics[1].data<double>());
        Assert.Equal([2.0, -1, 4, 0, 3], run.Statistics[2].data<double>());
        // Row 0: −1 + 1; row 1: +1 of row 0, +1 + 1 of its own; row 2: −1.
        Assert.True((run.Gradients[0] - (tensor(new double[,] { { 0 }, { 3 }, { -1 } }) / 3)).abs().max().item<double>() < Exact);
    }

    [Fact]
    public void Loss_EmptyMemory_IsNone()
    {
        using var scope = NewDisposeScope();
        var batch = Clusters(count: 20, classes: 4, dim: 3, seed: 1);
        var none = new EmbeddingMemory { Columns = [zeros([0, 3], float64)], TextHashes = [[]], Labels = [] };

        var run = LossRun.Of(Hinge(margin: 5), batch with { Memory = none });

        Assert.True(run.Gradients[0].eq(LossRun.Of(Hinge(margin: 5), batch).Gradients[0]).all().item<bool>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Measures_CollapsedSpace_TellIt(bool softMargin)
    {
        var loss = new BatchHardTripletLoss(new() { SoftMargin = softMargin });
        var batch = Batch(float64, [0, 0, 1, 2], zeros(4, 3));
        using var pass = loss.Over(batch);

        var measures = pass.Measures(LossRun.Of(loss, batch).Statistics);

        Assert.Equal(0.5, measures["valid_anchors"]); // rows 2 and 3 lack a positive
        Assert.Equal(softMargin ? 0.5 : 1, measures["active_triplets"], Exact);
        Assert.Equal((0, 0), (measures["hardest_positive"], measures["hardest_negative"]));
    }

    [Fact]
    public void Measures_ThreeFourFiveTriangle_AreMeansOverValidAnchors()
    {
        var batch = Batch(float64, [0, 0, 1], new double[,] { { 0, 0 }, { 3, 0 }, { 0, 4 } });
        using var pass = Hinge(margin: 1.5).Over(batch);

        var measures = pass.Measures(LossRun.Of(Hinge(margin: 1.5), batch).Statistics);

        Assert.Equal((3, 4.5, 0.5), (measures["hardest_positive"], measures["hardest_negative"], measures["active_triplets"]));
    }

    [Fact]
    public void Loss_Normalized_DoesNotDependOnLengths()
    {
        using var scope = NewDisposeScope();
        var loss = new BatchHardTripletLoss(new() { Normalize = true });
        var batch = Clusters(count: 20, classes: 4, dim: 3, seed: 1);

        var run = LossRun.Of(loss, batch);

        Assert.Equal(run.Value, LossRun.ValueOf(loss, batch with { Columns = [batch.Columns[0] * 3] }), Exact);
        Assert.True((run.Gradients[0] * batch.Columns[0]).sum(1).abs().max().item<double>() < Exact); // none along a row
    }

    private static BatchHardTripletLoss Hinge(double margin) => new(new() { Margin = margin });
}
