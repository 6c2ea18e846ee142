using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Pairs;

public sealed class PairLossPropertyTests
{
    private const double Tolerance = 1e-9; // float64, relative to the largest entry

    public static TheoryData<LossOptions> Losses =>
    [
        .. from distance in (Distance[])[Distance.Cosine, Distance.Euclidean, Distance.Manhattan]
           from options in (LossOptions[])[
               new ContrastiveLossOptions { Distance = distance, Margin = distance is Distance.Cosine ? 0.5 : 6 },
               new ContrastiveLossOptions { Distance = distance, Margin = distance is Distance.Cosine ? 0.5 : 6, Online = true }]
           select options,
        new ContrastiveLossOptions { Sum = true },
        new ScoreLossOptions(),
        new ScoreLossOptions { Objective = ScoreObjective.CoSent },
        new ScoreLossOptions { Objective = ScoreObjective.AnglE },
        new ScoreLossOptions { Objective = ScoreObjective.CoSent, Scale = 100 },
    ];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyBatch_EqualsThePlainOne(LossOptions options)
    {
        Prop.ForAll(RandomBatch.Any(2), drawn =>
        {
            using var scope = NewDisposeScope();
            var batch = WithScores(options, drawn).Build(float64);

            var run = LossRun.Of(EmbeddingLoss.Create(options), batch);
            var (value, gradients) = PlainLosses.Of(batch, columns => PlainPairLosses.Of(options, batch, columns));

            return Near(tensor(run.Value), tensor(value)) && run.Gradients.Zip(gradients).All(pair => Near(pair.First, pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyFloat32Batch_IsFinite(LossOptions options)
    {
        Prop.ForAll(RandomBatch.Any(2), Gen.Elements(0, 1e-30, 1e-18, 1e-3, 1, 1e3, 1e18).ToArbitrary(), (drawn, size) =>
        {
            using var scope = NewDisposeScope();
            var batch = WithScores(options, drawn).Build(float32);
            batch = batch with { Columns = [.. batch.Columns.Select(column => column * size)] };

            var run = LossRun.Of(EmbeddingLoss.Create(options), batch);

            return double.IsFinite(run.Value) && run.Gradients.All(gradient => gradient.isfinite().all().item<bool>());
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Loss_OverOneToEightRanks_HasTheSameBits(LossOptions options)
    {
        var loss = EmbeddingLoss.Create(options);
        var drawn = WithScores(options, new RandomBatch(3, Rows: 29, Shards: 8, Columns: 2, Labels: 1));
        var expected = LossRun.Of(loss, drawn.Build(float32));

        for (var ranks = 1; ranks <= 8; ranks++)
        {
            foreach (var run in await RankRun.OfAll(loss, drawn, [.. Enumerable.Range(0, ranks).Select(rank => rank < ranks - 1 ? new ShardRun(rank, 1) : new ShardRun(rank, 9 - ranks))]))
                Assert.Equal(Bytes(expected.Statistics), Bytes(run.Statistics));
        }

        Assert.All(GradientCheck.Run(loss, BatchShape.Of(options)).Checks, check => Assert.True(check.Passed, $"{check.Name}: {check.Detail}"));
    }

    private static RandomBatch WithScores(LossOptions options, RandomBatch drawn) => drawn with { Scores = BatchShape.Of(options).Scores };

    private static byte[] Bytes(Tensor values) => new TensorMemory<byte>(values.contiguous()).GetSpan().ToArray();

    private static bool Near(Tensor ours, Tensor plain) =>
        (ours - plain).abs().max().item<double>() <= Tolerance * Math.Max(1, plain.abs().max().item<double>());
}
