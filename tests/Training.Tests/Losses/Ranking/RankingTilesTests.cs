using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Ranking;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Ranking;

public sealed class RankingTilesTests
{
    private const double Exact = 1e-11; // float64, of gradients near 1e-2

    private static readonly RankingLossOptions Everything = new()
    {
        Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToQuery
            | RankingDirections.DocumentToDocument | RankingDirections.PositiveToPositive,
        Hardness = HardnessMode.All,
        HardnessStrength = 3,
    };

    public static TheoryData<int[]> Cuts => [new[] { 1400, 0, 100 }, new[] { 300, 1100, 100 }, Enumerable.Repeat(150, 10).ToArray()];

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Loss_LongerThanOneTile_EqualsTheFullMatrixOne(int[] shards)
    {
        using var scope = NewDisposeScope();
        foreach (var partition in Enum.GetValues<SoftmaxPartition>())
        {
            var options = Everything with { Partition = partition };
            var batch = Batch(float64, dim: 8, shards);

            var run = LossRun.Of(new MultipleNegativesRankingLoss(options), batch);
            var (value, gradients) = PlainLosses.Of(batch, columns => Whole(options, columns));

            Assert.Equal(value, run.Value, Exact);
            Assert.All(run.Gradients.Zip(gradients), pair => Assert.True((pair.First - pair.Second).abs().max().item<double>() < Exact));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(0, long.MaxValue)]
    public void Loss_KeepingLessBetweenItsPhases_HasTheSameBits(long tileBytes, long directionBytes)
    {
        using var scope = NewDisposeScope();
        var batch = Batch(float32, dim: 19, [300, 300, 50]);
        var expected = LossRun.Of(new MultipleNegativesRankingLoss(Everything, new RankingBudget(long.MaxValue, long.MaxValue)), batch);

        var run = LossRun.Of(new MultipleNegativesRankingLoss(Everything, new RankingBudget(tileBytes, directionBytes)), batch);

        Assert.Equal(Bytes(expected.Statistics), Bytes(run.Statistics));
        Assert.All(expected.Gradients.Zip(run.Gradients), pair => Assert.Equal(Bytes(pair.First), Bytes(pair.Second)));
    }

    [Fact]
    public void Gradient_OfAPassThatScoredNothing_HasTheSameBits()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(float32, dim: 19, [300, 70]);
        var loss = new MultipleNegativesRankingLoss(Everything);
        var expected = LossRun.Of(loss, batch);

        using var pass = loss.Over(batch);

        Assert.All(
            expected.Gradients.Zip(pass.Gradient(expected.Statistics, batch.Shards[1])),
            pair => Assert.Equal(Bytes(pair.First.narrow(0, 300, 70)), Bytes(pair.Second)));
    }

    [Fact]
    public async Task Loss_LargeUnevenShardsOverRanks_HasTheSameBits()
    {
        var loss = new MultipleNegativesRankingLoss(Everything);
        EmbeddingBatch New() => Batch(float32, dim: 19, [300, 0, 41, 270]);
        var expected = LossRun.Of(loss, New());

        foreach (var runs in (ImmutableArray<ShardRun>[])[[new(0, 1), new(1, 3)], [new(0, 1), new(1, 1), new(2, 1), new(3, 1)]])
        {
            var ranks = await RankRun.OfAll(loss, New, runs);

            Assert.All(ranks, rank => Assert.Equal(Bytes(expected.Statistics), Bytes(rank.Statistics)));
            for (var column = 0; column < expected.Gradients.Length; column++)
                Assert.Equal(Bytes(expected.Gradients[column]), ranks.SelectMany(rank => Bytes(rank.Gradients[column])));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(61)]
    public void Accumulate_ByTheKernel_IsNearTheOperators(int documents)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var (first, second) = (Sums(generator), Sums(new Generator(1)));
        foreach (var size in (double[])[1, 10, 3])
        {
            var logits = (randn([5, documents], generator: generator) * size).masked_fill_(rand([5, documents], generator: generator) < 0.2, double.NegativeInfinity);
            var (ofTile, target) = (empty(5, 1), empty_like(logits));
            var (ofTile2, target2) = (empty(5, 1), empty_like(logits));

            TileKernel.Accumulate(logits, target, ofTile, first.Largest, first.Sums, [first.Weighted]);
            TileOperators.Accumulate(logits, target2, ofTile2, second.Largest, second.Sums, [second.Weighted]);

            Assert.Equal(Bytes(ofTile2), Bytes(ofTile));
            Assert.Equal(Bytes(second.Largest), Bytes(first.Largest));
            Near(target2, target);
            Near(second.Sums, first.Sums);
            Near(second.Weighted, first.Weighted);
        }
    }

    [Fact]
    public void Weights_ByTheKernel_AreNearTheOperators()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var (logits, largest, factors) = (randn([5, 27], generator: generator), full(5, 1, 4f), rand([5, 1], generator: generator));
        var expected = logits.clone();
        TileOperators.Weights(expected, largest, factors);

        TileKernel.Weights(logits, largest, factors);

        Near(expected, logits);
    }

    private static (Tensor Largest, Tensor Sums, Tensor Weighted) Sums(Generator generator) =>
        (randn([5, 1], generator: generator), zeros(5, 1), randn([5, 11], generator: generator));

    private static void Near(Tensor expected, Tensor actual) =>
        Assert.True((expected - actual).abs().max().item<float>() <= 1e-6f * Math.Max(1e-30f, expected.abs().max().item<float>()));

    private static byte[] Bytes(Tensor values) => new TensorMemory<byte>(values.contiguous()).GetSpan().ToArray();

    private static EmbeddingBatch Batch(ScalarType dtype, int dim, int[] shards)
    {
        using var generator = new Generator(5);
        var rows = shards.Sum();
        return new()
        {
            Columns = [.. Enumerable.Range(0, 3).Select(_ => randn([rows, dim], float64, generator: generator).to(dtype))],
            TextHashes = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(1, rows).Select(r => (ulong)((c * 10_000) + r)).ToImmutableArray())],
            Labels = [.. new int[rows]],
            Shards = [.. shards.Select((count, shard) => new ShardRange(shards[..shard].Sum(), count))],
        };
    }

    // All directions of distinct texts with a hard negative, by whole matrices.
    private static Tensor Whole(RankingLossOptions options, Tensor[] columns)
    {
        var (rows, infinity) = (columns[0].size(0), double.NegativeInfinity);
        var texts = columns.Select(column => nn.functional.normalize(column)).ToArray();
        var own = eye(rows).to(ScalarType.Bool);
        var queryDocument = texts[0].mm(cat(texts[1..], 0).t());
        var pair = queryDocument.narrow(1, 0, rows).diagonal().unsqueeze(1) * options.Scale;
        var hardness = (queryDocument.detach() * options.HardnessStrength).masked_fill(cat([own, zeros_like(own)], 1), 0);
        Tensor[] logits =
        [
            (queryDocument * options.Scale) + hardness,
            (texts[0].mm(texts[0].t()) * options.Scale).masked_fill(own, infinity),
            texts[1].mm(texts[0].t()) * options.Scale,
            (texts[1].mm(cat(texts[1..], 0).t()) * options.Scale).masked_fill(cat([own, own], 1), infinity),
            (texts[1].mm(texts[1].t()) * options.Scale).masked_fill(own, infinity),
        ];
        if (options.Partition is SoftmaxPartition.Joint)
            return (cat(logits, 1).logsumexp(1, keepdim: true) - pair).mean();
        return stack(logits.Select((part, direction) => (direction is 0 or 2 ? part : cat([part, pair], 1)).logsumexp(1, keepdim: true) - pair)).mean();
    }
}
