using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Triplets;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

public sealed class TripletLossTests
{
    private const double Exact = 1e-12;

    [Fact]
    public void Loss_ThreeFourFiveTriangle_IsWorkedByHand()
    {
        var run = LossRun.Of(new TripletLoss(new() { Margin = 2 }), Batch(hasNegative: true));

        // Row 0: 3 − 4 + 2. Row 1: 3 − 8 + 2 < 0.
        Assert.Equal(0.5, run.Value, Exact);
        Assert.True((run.Gradients[0] - tensor(new[,] { { -0.5, 0.5 }, { 0, 0 } })).abs().max().item<double>() < Exact);
        Assert.True((run.Gradients[1] - tensor(new[,] { { 0.5, 0 }, { 0, 0 } })).abs().max().item<double>() < Exact);
        Assert.True((run.Gradients[2] - tensor(new[,] { { 0, -0.5 }, { 0, 0 } })).abs().max().item<double>() < Exact);
    }

    [Fact]
    public void Loss_RowWithoutNegative_IsLeftOutOfTheMean()
    {
        var batch = Batch(hasNegative: false);
        using var pass = new TripletLoss(new() { Margin = 2 }).Over(batch);

        var run = LossRun.Of(new TripletLoss(new() { Margin = 2 }), batch);

        Assert.Equal(1, run.Value, Exact);
        Assert.Equal(1.0, pass.Measures(run.Statistics)["active_triplets"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradient_AnchorIsItsPositive_PeersGradientIsNotANumberOursPullsAtTheNegativeAlone(bool isFloat64)
    {
        const int Row = 3;
        using var scope = NewDisposeScope();
        var golden = GoldenLosses.Read("triplet_euclidean_col8_dup_m5", isFloat64 ? float64 : float32);
        Assert.True(golden.Gradients[0][Row].isnan().all().item<bool>());

        var run = LossRun.Of(EmbeddingLoss.Create(PeerLoss.Translate(golden.Loss, golden.Arguments, out _)!), golden.Batch);

        Assert.True(run.Gradients[1][Row].eq(zeros_like(run.Gradients[1][Row])).all().item<bool>());
        Assert.True(run.Gradients[0][Row].eq(run.Gradients[2][Row].neg()).all().item<bool>());
        Assert.True(run.Gradients[0][Row].abs().max().to(float64).item<double>() > 0);
    }

    private static EmbeddingBatch Batch(bool hasNegative) => new()
    {
        Columns = [tensor(new double[,] { { 0, 0 }, { 0, 0 } }), tensor(new double[,] { { 3, 0 }, { 3, 0 } }), tensor(new double[,] { { 0, 4 }, { 0, 8 } })],
        TextHashes = [[1, 2], [3, 4], [5, hasNegative ? 6UL : 0]],
        Labels = [-1, -1],
        Shards = LossRun.Shards(2, 2),
    };
}
