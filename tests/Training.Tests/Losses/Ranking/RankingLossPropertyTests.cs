using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Ranking;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Ranking;

public sealed class RankingLossPropertyTests
{
    private const double Tolerance = 1e-9; // float64, relative to the largest entry
    private const int Cases = 300;

    [Fact]
    public void Loss_AnyOptionsAndBatch_EqualsTheFullMatrixOne()
    {
        Prop.ForAll(RankingCase.Any, drawn =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float64);

            var run = LossRun.Of(EmbeddingLoss.Create(drawn.Options), batch);
            var (value, gradients) = PlainLosses.Of(batch, new PlainRanking(drawn.Options, batch).Loss);

            return Near(tensor(run.Value), tensor(value))
                && run.Gradients.Zip(gradients, batch.Columns).All(column => Near(column.First * Lengths(column.Third), column.Second * Lengths(column.Third)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    [Fact]
    public void Loss_AnyFloat32Batch_IsFinite()
    {
        Prop.ForAll(RankingCase.Any, Gen.Elements(1e-18, 1e-3, 1, 1e3, 1e15).ToArbitrary(), (drawn, size) =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float32, drawn.Options.Similarity is Similarity.Dot ? 1 : size);

            var run = LossRun.Of(EmbeddingLoss.Create(drawn.Options), batch);

            return double.IsFinite(run.Value) && run.Gradients.All(gradient => gradient.isfinite().all().item<bool>());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    [Fact]
    public void ParameterGradient_AnyOptionsAndBatch_IsAutogradsAlongTheLogarithm()
    {
        Prop.ForAll(RankingCase.Any, drawn =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float64);
            var options = drawn.Options with { LearnScale = true };
            var loss = new MultipleNegativesRankingLoss(options);
            var logScale = loss.Parameters[0].Value.detach().to(float64).requires_grad_();

            using var pass = loss.Over(batch);
            var statistics = cat([.. batch.Shards.Select(pass.Score)], 0);
            var slope = batch.Shards.Sum(shard => pass.ParameterGradient(statistics, shard)[0].item<float>());
            new PlainRanking(options, batch).Loss([.. batch.Columns], logScale.exp()).backward();

            var expected = (logScale.grad ?? zeros([], float64)).item<double>();
            return Math.Abs(slope - expected) <= 1e-5 * Math.Max(1, Math.Abs(expected)); // a float32
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    [Fact]
    public async Task Loss_OverOneToEightRanks_HasTheSameBits()
    {
        foreach (var drawn in RankingCase.Any.Generator.Sample(12, 8).Select(drawn => drawn with { Drawn = drawn.Drawn with { Rows = 23, Shards = 8 } }))
        {
            var loss = EmbeddingLoss.Create(drawn.Options);
            var expected = LossRun.Of(loss, drawn.Build(float32));
            foreach (var runs in Deals)
            {
                var ranks = await RankRun.OfAll(loss, () => drawn.Build(float32), runs);

                Assert.All(ranks, rank => Assert.Equal(Bytes(expected.Statistics), Bytes(rank.Statistics)));
                for (var column = 0; column < expected.Gradients.Length; column++)
                    Assert.Equal(Bytes(expected.Gradients[column]), ranks.SelectMany(rank => Bytes(rank.Gradients[column])));
            }
        }
    }

    private static ImmutableArray<ShardRun>[] Deals =>
    [
        [new(0, 8)], [new(0, 1), new(1, 7)], [new(0, 3), new(3, 2), new(5, 3)], [new(0, 2), new(2, 3), new(5, 1), new(6, 2)],
        [.. Enumerable.Range(0, 8).Select(rank => new ShardRun(rank, 1))],
    ];

    private static byte[] Bytes(Tensor values) => new TensorMemory<byte>(values.contiguous()).GetSpan().ToArray();

    // The cosine's gradient at a zero row is that of its direction times 1e12, and so is the rounding of the whole matrices' one.
    private static Tensor Lengths(Tensor column) => column.norm(1, keepdim: true, p: 2f).clamp_(1e-12, 1);

    private static bool Near(Tensor ours, Tensor plain) =>
        (ours - plain).abs().max().item<double>() <= Tolerance * Math.Max(1, plain.abs().max().item<double>());
}
