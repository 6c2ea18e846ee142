using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Triplets;
using static Distributed.Training.Tests.Losses.Triplets.LabelledRows;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

public sealed class BatchSemiHardTripletLossTests
{
    private const double Exact = 1e-12;

    [Fact]
    public void Loss_PointsOnALine_IsWorkedByHand()
    {
        // Rows 0 and 1 of one label at 0 and 2; of the other 2 at 1, 3 at 3, 4 at −9.
        var batch = Batch(float64, [0, 0, 1, 1, 1], new double[,] { { 0 }, { 2 }, { 1 }, { 3 }, { -9 } });

        var run = LossRun.Of(Loss(margin: 2), batch);

        // (0, 1): 2 is nearer than 1, so row 3: 2 − 3 + 2. (1, 0): 2 and 3 are nearer, so row 4: 2 − 11 + 2 < 0.
        // (2, 3): 0 and 1 are nearer, none is farther: the farthest, the first of them: 2 − 1 + 2. (2, 4): none beyond 10: 10 − 1 + 2.
        // (3, 2): 1 is nearer, row 0: 2 − 3 + 2. (3, 4): none beyond 12, row 0: 12 − 3 + 2. (4, 2): row 1: 10 − 11 + 2. (4, 3): none: 12 − 11 + 2.
        Assert.Equal((1 + 0 + 3 + 11 + 1 + 11 + 1 + 3) / 8.0, run.Value, Exact);
        // Slopes of D by sign, times 8. Row 0: (0,1) −1 +1; negative of (2,3) +1, (2,4) +1, (3,2) +1, (3,4) +1.
        Assert.Equal(4 / 8.0, run.Gradients[0][0, 0].item<double>(), Exact);
        Assert.Equal([3.0, -1.0], run.Statistics.select(1, 1).narrow(0, 0, 2).contiguous().data<double>());
    }

    [Fact]
    public void Loss_NegativeEqualToThePositive_IsNotTakenForFarther()
    {
        using var generator = new Generator(9);
        var rows = randn([5, 40], generator: generator);
        rows[3] = rows[1]; // another label

        var statistics = LossRun.Of(Loss(margin: 50), Batch(float32, [0, 0, 1, 1, 2], rows)).Statistics;

        var distances = (rows[0] - rows).norm(1);
        var others = Enumerable.Range(2, 3).Where(row => distances[row].item<float>() > distances[1].item<float>()).ToArray();
        var expected = others.Length > 0 ? others.MinBy(row => distances[row].item<float>()) : Enumerable.Range(2, 3).MaxBy(row => distances[row].item<float>());
        Assert.Equal(expected, statistics[0, 1].item<float>());
    }

    [Fact]
    public void Loss_OneLabel_DrawsRowsTogetherAsThePeerDoesUnlessOnlyValidPairsCount()
    {
        var batch = Batch(float64, [4, 4, 4], new double[,] { { 0 }, { 3 }, { 7 } });

        Assert.Equal(((3 + 7 + 4) / 3.0) + 5, LossRun.Of(Loss(margin: 5), batch).Value, Exact);
        var valid = LossRun.Of(Loss(margin: 5, TripletMean.ValidAnchors), batch);
        Assert.Equal(0, valid.Value);
        Assert.Equal(0, valid.Gradients[0].abs().max().item<double>());
    }

    [Theory]
    [InlineData(100)] // 11 rows a class: bound by bound
    [InlineData(40)]  // 28 rows a class: by sorting
    public void Gradient_LongerThanOneTile_EqualsTheDefinition(int classes)
    {
        using var scope = NewDisposeScope();
        var options = new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard, Margin = 0.3 };
        var batch = Clusters(count: 1100, classes, dim: 4, seed: 3) with { Shards = [new(0, 1050), new(1050, 50)] };

        var run = LossRun.Of(EmbeddingLoss.Create(options), batch);

        var (value, gradients) = PlainLosses.Of(batch, columns => PlainTriplets.Of(options, batch, columns));
        Assert.Equal(value, run.Value, Exact * 10);
        Assert.True((gradients[0] - run.Gradients[0]).abs().max().item<double>() < Exact);
    }

    [Fact]
    public void Measures_CollapsedSpace_TellIt()
    {
        var batch = Batch(float32, [0, 0, 1, 1], zeros(4, 3));
        using var pass = Loss(margin: 5).Over(batch);

        var measures = pass.Measures(LossRun.Of(Loss(margin: 5), batch).Statistics);

        Assert.Equal((1.0, 1.0), (measures["active_triplets"], measures["valid_anchors"]));
    }

    private static BatchSemiHardTripletLoss Loss(double margin, TripletMean mean = TripletMean.AllAnchors) =>
        new(new() { Mining = TripletMining.BatchSemiHard, Margin = margin, Mean = mean });
}
