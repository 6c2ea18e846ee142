using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

public sealed class LossPropertyTests
{
    private const double Tolerance = 1e-9; // float64, relative to the largest entry

    public static TheoryData<LossOptions> Losses =>
    [
        new RankingLossOptions { Scale = 20 },
        new RankingLossOptions { Scale = 20, MaskFalseNegatives = false },
        new RankingLossOptions { Scale = 1, Similarity = Similarity.Dot },
        new MinedTripletLossOptions(),
        new MinedTripletLossOptions { Margin = 0.2, Mean = TripletMean.ValidAnchors },
        new MinedTripletLossOptions { SoftMargin = true },
        new MinedTripletLossOptions { Distance = Distance.Cosine, Margin = 0.3 },
        new MinedTripletLossOptions { Distance = Distance.Cosine, SoftMargin = true, Mean = TripletMean.ValidAnchors },
    ];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyBatch_EqualsTheFullMatrixOne(LossOptions options)
    {
        Prop.ForAll(Batches(options), drawn =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float64);

            var run = LossRun.Of(EmbeddingLoss.Create(options), batch);
            var (value, gradients) = PlainLosses.Of(batch, columns => Plain(options, batch, columns));

            return Near(tensor(run.Value), tensor(value)) && run.Gradients.Zip(gradients).All(pair => Near(pair.First, pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_AnyFloat32Batch_IsFinite(LossOptions options)
    {
        Prop.ForAll(Batches(options), Gen.Elements(1e-18, 1e-3, 1, 1e3, 1e15).ToArbitrary(), (drawn, size) =>
        {
            using var scope = NewDisposeScope();
            var batch = drawn.Build(float32);
            if (options is not RankingLossOptions { Similarity: Similarity.Dot })
                batch = batch with { Columns = [.. batch.Columns.Select(column => column * size)] };

            var run = LossRun.Of(EmbeddingLoss.Create(options), batch);

            return double.IsFinite(run.Value) && run.Gradients.All(gradient => gradient.isfinite().all().item<bool>());
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Loss_OverOneToFourRanks_HasTheSameBits(LossOptions options)
    {
        var loss = EmbeddingLoss.Create(options);
        foreach (var seed in Enumerable.Range(0, 10))
        {
            var drawn = new RandomBatch(seed, Rows: 23, Shards: 7, options is MinedTripletLossOptions ? 1 : 3, Labels: 4);
            var expected = LossRun.Of(loss, drawn.Build(float32));

            foreach (var runs in (ImmutableArray<ShardRun>[])[[new(0, 7)], [new(0, 1), new(1, 6)], [new(0, 3), new(3, 2), new(5, 2)], [new(0, 2), new(2, 3), new(5, 1), new(6, 1)]])
            {
                var ranks = await RankRun.OfAll(loss, drawn, runs);

                Assert.All(ranks, rank => Assert.Equal(Bytes(expected.Statistics), Bytes(rank.Statistics)));
                for (var column = 0; column < drawn.Columns; column++)
                    Assert.Equal(Bytes(expected.Gradients[column]), ranks.SelectMany(rank => Bytes(rank.Gradients[column])));
            }
        }
    }

    private static Arbitrary<RandomBatch> Batches(LossOptions options) => RandomBatch.Any(options is MinedTripletLossOptions ? 1 : 4);

    private static byte[] Bytes(Tensor values) => new TensorMemory<byte>(values.contiguous()).GetSpan().ToArray();

    private static bool Near(Tensor ours, Tensor plain) =>
        (ours - plain).abs().max().item<double>() <= Tolerance * Math.Max(1, plain.abs().max().item<double>());

    private static Tensor Plain(LossOptions options, EmbeddingBatch batch, Tensor[] columns) => options switch
    {
        RankingLossOptions ranking =>
            PlainLosses.MultipleNegativesRanking(batch, columns, ranking.Scale, ranking.Similarity, ranking.MaskFalseNegatives),
        MinedTripletLossOptions triplets =>
            PlainLosses.BatchHardTriplet(batch, columns[0], triplets.Distance, triplets.Margin, triplets.SoftMargin, triplets.Mean),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };
}
