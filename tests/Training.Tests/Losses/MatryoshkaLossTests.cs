using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;
using Distributed.Training.Runtime;
using Distributed.Training.Tests.Losses.Checking;
using Distributed.Training.Tests.Losses.Ranking;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

public sealed class MatryoshkaLossTests
{
    private const double Tolerance = 1e-9; // float64, relative to the largest entry

    private static readonly MatryoshkaOptions Cuts = new() { Dims = [7, 2, 4], Weights = [1, 0.25, 0.5] };

    [Fact]
    public void Loss_AnyBatch_EqualsThePlainOneOverCutRows()
    {
        Prop.ForAll(RandomBatch.Any(4), drawn =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float64);
            // A row that is zero, whole or cut, divides by 1e-12 twice: finite, as another test says, and meaningless.
            batch = batch with { Columns = [.. batch.Columns.Select(column => column + (column == 0).to(float64))] };

            var run = LossRun.Of(EmbeddingLoss.Create(new RankingLossOptions { Matryoshka = Cuts }), batch);
            var (value, gradients) = PlainLosses.Of(batch, columns => Plain(batch, columns));

            return Near(tensor(run.Value), tensor(value)) && run.Gradients.Zip(gradients).All(pair => Near(pair.First, pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Loss_AnyFloat32Batch_IsFinite()
    {
        Prop.ForAll(RandomBatch.Any(4), Gen.Elements(0, 1e-18, 1e-3, 1, 1e3, 1e15).ToArbitrary(), (drawn, size) =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float32);
            batch = batch with { Columns = [.. batch.Columns.Select(column => column * size)] };

            var run = LossRun.Of(EmbeddingLoss.Create(new RankingLossOptions { Matryoshka = Cuts }), batch);

            return double.IsFinite(run.Value) && run.Gradients.All(gradient => gradient.isfinite().all().item<bool>());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Gradient_RowsThatFillBlocksOfThePool_GivesAllBack()
    {
        using var scope = NewDisposeScope();
        using var pool = new TensorPool();
        var drawn = new RandomBatch(5, Rows: 300, Shards: 1, Columns: 1, Labels: 4) { Dim = 256 };
        var batch = drawn.Build(float32) with { Pool = pool };
        using (var pass = EmbeddingLoss.Create(new MinedTripletLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [256, 128] } }).Over(batch))
            _ = pass.Gradient(pass.Score(batch.Shards[0]), batch.Shards[0]);

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task Loss_OverOneToEightRanks_HasTheSameBits()
    {
        var loss = EmbeddingLoss.Create(new MinedTripletLossOptions { Matryoshka = Cuts });
        var drawn = new RandomBatch(3, Rows: 29, Shards: 8, Columns: 1, Labels: 4);
        var expected = LossRun.Of(loss, drawn.Build(float32));

        Assert.Equal(3 * 5, expected.Statistics.size(1));
        for (var ranks = 1; ranks <= 8; ranks++)
        {
            ImmutableArray<ShardRun> runs = [.. Enumerable.Range(0, ranks - 1).Select(rank => new ShardRun(rank, 1)), new(ranks - 1, 9 - ranks)];
            var all = await RankRun.OfAll(loss, drawn, runs);

            Assert.All(all, rank => Assert.Equal(expected.Statistics.bytes.ToArray(), rank.Statistics.bytes.ToArray()));
            Assert.Equal(expected.Gradients[0].bytes.ToArray(), all.SelectMany(rank => rank.Gradients[0].bytes.ToArray()));
        }
    }

    [Fact]
    public void ParameterGradient_OneInnerLoss_IsTheWeightedSum()
    {
        using var inner = new WeightedDistance();
        var loss = new MatryoshkaLoss(inner, Cuts);

        var report = GradientCheck.Run(loss, new BatchShape());

        Assert.Equal("weight", Assert.Single(loss.Parameters).Name);
        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void Gradient_InnerLossByAutograd_Passes()
    {
        var report = GradientCheck.Run(new MatryoshkaLoss(new MeanProduct(), Cuts), new BatchShape());

        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void Over_Guides_StayWhole()
    {
        var seen = new List<long>();
        var batch = new RandomBatch(1, 6, 2, 2, 2).Build(float64) with { Guides = [zeros(6, 11), zeros(6, 11)] };

        using var pass = new MatryoshkaLoss(new Recorder(seen), Cuts).Over(batch);

        Assert.Equal([7L, 11, 2, 11, 4, 11], seen);
    }

    [Fact]
    public void Measures_Cuts_AreNamedByTheirDimension()
    {
        var batch = new RandomBatch(1, 6, 2, 2, 2) { Scores = [0, 1] }.Build(float64);
        using var pass = EmbeddingLoss.Create(new ContrastiveLossOptions { Matryoshka = Cuts }).Over(batch);

        var measures = pass.Measures(cat([.. batch.Shards.Select(pass.Score)], 0));

        Assert.Equal(["active_pairs", "active_pairs_at_2", "active_pairs_at_4"], measures.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Over_DimensionAboveTheEmbeddings_IsRefusedWithBoth()
    {
        var loss = EmbeddingLoss.Create(new RankingLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [4, 8] } });

        var refusal = Assert.Throws<LossException>(() => loss.Over(new RandomBatch(1, 6, 2, 2, 2).Build(float64)));

        Assert.Equal("loss.matryoshka.dims has 8, but the model's embeddings have 7 dimensions", refusal.Message);
    }

    [Fact]
    public void Constructor_NoOrWrongDimensions_Throws()
    {
        foreach (var options in (MatryoshkaOptions[])[new() { Dims = [] }, new() { Dims = [4, 0] }, new() { Dims = [4, 4] }, new() { Dims = [4, 2], Weights = [1] }])
            Assert.Throws<ArgumentException>(() => new MatryoshkaLoss(new MeanProduct(), options));
    }

    private static Tensor Plain(EmbeddingBatch batch, Tensor[] columns) => Cuts.Dims.Zip(Cuts.Weights, (dim, weight) => weight * new PlainRanking(new(), batch).Loss(
            [.. columns.Select(column => nn.functional.normalize(column.narrow(1, 0, dim), p: 2, dim: 1, eps: 1e-12))]))
        .Aggregate((sum, loss) => sum + loss);

    private static bool Near(Tensor ours, Tensor plain) =>
        (ours - plain).abs().max().item<double>() <= Tolerance * Math.Max(1, plain.abs().max().item<double>());

    private sealed class MeanProduct : PlainLoss
    {
        protected override Tensor Compute(EmbeddingBatch batch) => (batch.Columns[0] * batch.Columns[1]).sum(1).tanh().mean();
    }

    private sealed class Recorder(List<long> widths) : PlainLoss
    {
        protected override Tensor Compute(EmbeddingBatch batch)
        {
            widths.AddRange([batch.Columns[0].size(1), batch.Guides[0].size(1)]);
            return batch.Columns[0].sum();
        }
    }
}
