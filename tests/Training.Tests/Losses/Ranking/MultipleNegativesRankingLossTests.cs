using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Ranking;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Ranking;

public sealed class MultipleNegativesRankingLossTests
{
    private const double Exact = 1e-12;

    [Fact]
    public void Loss_TwoOrthogonalPairs_IsTheLogOfTwoExponentials()
    {
        // z = [3 0; 0 3] · 1: each row loses log(e³ + 1) − 3.
        var batch = Batch([[1, 2], [3, 4]], new double[,] { { 3, 0 }, { 0, 1 } }, new double[,] { { 1, 0 }, { 0, 3 } });

        var run = LossRun.Of(Loss(1, Similarity.Dot, true), batch);

        var own = Math.Exp(3) / (Math.Exp(3) + 1);
        Assert.Equal(Math.Log(1 + Math.Exp(-3)), run.Value, Exact);
        Near(new[,] { { (own - 1) / 2, (1 - own) * 3 / 2 }, { (1 - own) / 2, (own - 1) * 3 / 2 } }, run.Gradients[0]);
        Near(new[,] { { (own - 1) * 3 / 2, (1 - own) / 2 }, { (1 - own) * 3 / 2, (own - 1) / 2 } }, run.Gradients[1]);
    }

    [Fact]
    public void Loss_AllDocumentsAreTheSameText_HasNothingToRank()
    {
        var batch = Batch([[1, 2], [9, 9]], new double[,] { { 3, 0 }, { 0, 1 } }, new double[,] { { 1, 2 }, { 1, 2 } });

        var run = LossRun.Of(Loss(20, Similarity.Cosine, true), batch);

        Assert.Equal(0, run.Value);
        Assert.All(run.Gradients, gradient => Assert.Equal(0, gradient.abs().max().item<double>()));
    }

    [Fact]
    public void Loss_HardNegativeIsTheAnchorOfAnotherRow_IsMaskedForThatRowOnly()
    {
        // Row 1's negative repeats row 0's anchor, so it is a negative of row 1 alone.
        var loss = Loss(1, Similarity.Dot, true);
        var batch = Batch([[1, 2], [3, 4], [5, 1]], new double[,] { { 0 }, { 0 } }, new double[,] { { 1 }, { 1 } }, new double[,] { { 1 }, { 1 } });

        var statistics = LossRun.Of(loss, batch).Statistics; // all similarities are 0: the loss counts columns

        Assert.Equal(Math.Log(3), statistics[0, 0].item<double>(), Exact);
        Assert.Equal(Math.Log(4), statistics[1, 0].item<double>(), Exact);
    }

    [Fact]
    public void Loss_HardNegativeIsMissing_IsNobodysColumnAndHasNoGradient()
    {
        var loss = Loss(1, Similarity.Dot, false);
        var batch = Batch([[1, 2], [3, 4], [0, 5]], new double[,] { { 0 }, { 0 } }, new double[,] { { 1 }, { 1 } }, new double[,] { { 7 }, { 1 } });

        var run = LossRun.Of(loss, batch);

        Assert.Equal(Math.Log(3), run.Value, Exact);
        Assert.Equal(0, run.Gradients[2][0, 0].item<double>());
    }

    [Fact]
    public void Gradient_LongerThanOneTile_EqualsAutograd()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        const int Rows = 1500;
        var hashes = Enumerable.Range(0, 2).Select(c => Enumerable.Range(1, Rows).Select(r => (ulong)((c * 10_000) + r)).ToImmutableArray());
        var batch = new EmbeddingBatch
        {
            Columns = [randn(Rows, 8, float64), randn(Rows, 8, float64)],
            TextHashes = [.. hashes],
            Labels = [.. new int[Rows]],
            Shards = [new(0, 1400), new(1400, 100)],
        };

        var run = LossRun.Of(Loss(20, Similarity.Cosine, false), batch);
        var (value, gradients) = PlainLosses.Of(batch, columns => nn.functional.cross_entropy(
            nn.functional.normalize(columns[0]).matmul(nn.functional.normalize(columns[1]).t()) * 20, arange(Rows, int64)));

        Assert.Equal(value, run.Value, Exact);
        Assert.All(run.Gradients.Zip(gradients), pair => Assert.True((pair.First - pair.Second).abs().max().item<double>() < Exact));
    }

    [Fact]
    public void Gradient_Cosine_FollowsFiniteDifferences() =>
        FiniteDifferences.Check(Loss(5, Similarity.Cosine, true), new RandomBatch(11, 9, 3, 3, 1));

    private static MultipleNegativesRankingLoss Loss(double scale, Similarity similarity, bool maskFalseNegatives) =>
        new(new RankingLossOptions { Scale = scale, Similarity = similarity, MaskFalseNegatives = maskFalseNegatives });

    private static void Near(double[,] expected, Tensor gradient) =>
        Assert.True((tensor(expected) - gradient).abs().max().item<double>() < Exact);

    private static EmbeddingBatch Batch(ulong[][] hashes, params double[][,] columns) => new()
    {
        Columns = [.. columns.Select(values => tensor(values))],
        TextHashes = [.. hashes.Select(ImmutableArray.Create)],
        Labels = [-1, -1],
        Shards = [new(0, 1), new(1, 1)],
    };
}
