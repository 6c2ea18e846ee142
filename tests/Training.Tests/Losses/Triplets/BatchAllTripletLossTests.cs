using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Triplets;
using static Distributed.Training.Tests.Losses.Triplets.LabelledRows;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

public sealed class BatchAllTripletLossTests
{
    private const double Exact = 1e-12;
    private const double Float32Gradient = 1e-5;

    [Fact]
    public void Loss_ThreeFourFiveTriangle_IsWorkedByHand()
    {
        // Row 0 at the right angle, 1 of its label at distance 3, 2 of another at distance 4; 1 and 2 are 5 apart.
        var batch = Batch(float64, [0, 0, 1], new double[,] { { 0, 0 }, { 3, 0 }, { 0, 4 } });

        var run = LossRun.Of(Loss(margin: 1.5), batch);

        // Anchor 0: 3 − 4 + 1.5. Anchor 1: 3 − 5 + 1.5 < 0, so the mean is over one triplet.
        Assert.Equal(0.5, run.Value, Exact);
        Assert.True((run.Gradients[0] - tensor(new[,] { { -1.0, 1 }, { 1, 0 }, { 0, -1 } })).abs().max().item<double>() < Exact);
        Assert.Equal(0.25, LossRun.Of(Loss(margin: 1.5, TripletMean.ValidAnchors), batch).Value, Exact);
    }

    [Fact]
    public void Loss_OneLabel_IsZero()
    {
        var run = LossRun.Of(Loss(margin: 5), Batch(float32, [4, 4, 4], new double[,] { { 0 }, { 3 }, { 7 } }));

        Assert.Equal(0, run.Value);
        Assert.Equal(0, run.Gradients[0].abs().max().item<float>());
    }

    [Fact]
    public void Loss_MoreTripletsThanFloat32Counts_CountsThemAll()
    {
        // 600 · 299 · 300 = 53,820,000 triplets, each of loss 5.
        var batch = Batch(float32, [.. Enumerable.Range(0, 600).Select(row => row % 2)], ones(600, 3));
        using var pass = Loss(margin: 5).Over(batch);

        var run = LossRun.Of(Loss(margin: 5), batch);

        Assert.Equal(5, run.Value);
        var measures = pass.Measures(run.Statistics);
        Assert.Equal((1.0, 1.0, 0.0), (measures["active_triplets"], measures["valid_anchors"], measures["mean_positive"]));
    }

    [Theory]
    [InlineData(Distance.Euclidean)]
    [InlineData(Distance.SquaredEuclidean)]
    [InlineData(Distance.Cosine)]
    public void Gradient_LongerThanOneTile_EqualsTheDefinition(Distance distance)
    {
        using var scope = NewDisposeScope();
        var options = new MinedTripletLossOptions { Mining = TripletMining.BatchAll, Distance = distance, Margin = 0.3 };
        var batch = Clusters(count: 1100, classes: 200, dim: 4, seed: 3) with { Shards = [new(0, 1050), new(1050, 50)] };

        var run = LossRun.Of(EmbeddingLoss.Create(options), batch);

        var (value, gradients) = PlainLosses.Of(batch, columns => PlainTriplets.Of(options, batch, columns));
        Assert.Equal(value, run.Value, Exact * 10);
        Assert.True((gradients[0] - run.Gradients[0]).abs().max().item<double>() < Exact);
    }

    [Fact]
    public void Gradient_NearDuplicatesInFloat32_IsThatOfFloat64()
    {
        // Norm 400, distances down to 0.003: by products they would have an error of 0.02.
        using var generator = new Generator(2);
        var rows = 50f + (0.0005f * randn([24, 64], generator: generator));
        ImmutableArray<int> labels = [.. Enumerable.Range(0, 24).Select(row => row % 6)];

        var single = LossRun.Of(Loss(margin: 1e-3), Batch(float32, labels, rows));
        var exact = LossRun.Of(Loss(margin: 1e-3), Batch(float64, labels, rows));

        Assert.Equal(exact.Value, single.Value, Float32Gradient * exact.Value);
        Assert.True((single.Gradients[0].to(float64) - exact.Gradients[0]).abs().max().item<double>() < Float32Gradient);
    }

    private static BatchAllTripletLoss Loss(double margin, TripletMean mean = TripletMean.AllAnchors) =>
        new(new() { Mining = TripletMining.BatchAll, Margin = margin, Mean = mean });
}
