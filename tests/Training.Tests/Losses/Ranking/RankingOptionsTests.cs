using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Ranking;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Ranking;

/// <summary>Each option on similarities so plain that the loss can be worked by hand: mostly all 0, so that it counts candidates.</summary>
public sealed class RankingOptionsTests
{
    private const double Exact = 1e-12;

    private static readonly RankingLossOptions Dot = new() { Scale = 1, Similarity = Similarity.Dot };

    [Theory]
    [InlineData(RankingDirections.QueryToQuery, 6 + 2)]
    [InlineData(RankingDirections.DocumentToQuery, 6 + 3)]
    [InlineData(RankingDirections.DocumentToDocument, 6 + 4)]
    [InlineData(RankingDirections.PositiveToPositive, 6 + 2)]
    public void Loss_FurtherDirectionOfThreeRowsWithANegative_AddsItsCandidates(RankingDirections further, int candidates)
    {
        var run = LossRun.Of(new MultipleNegativesRankingLoss(Dot with { Directions = RankingDirections.QueryToDocument | further }), Zeros(rows: 3, columns: 3));

        Assert.Equal(Math.Log(candidates), run.Value, Exact);
    }

    [Fact]
    public void Loss_SoftmaxForEachDirection_IsTheirMean()
    {
        var options = Dot with { Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, Partition = SoftmaxPartition.PerDirection };

        Assert.Equal((Math.Log(6) + Math.Log(3)) / 2, LossRun.Of(new MultipleNegativesRankingLoss(options), Zeros(rows: 3, columns: 3)).Value, Exact);
    }

    [Fact]
    public void Loss_OneRowWithASoftmaxOfItsOtherQueries_HasNothingToRankThere()
    {
        var options = Dot with { Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery, Partition = SoftmaxPartition.PerDirection };

        Assert.Equal(0, LossRun.Of(new MultipleNegativesRankingLoss(options), Zeros(rows: 1, columns: 2)).Value);
    }

    [Theory]
    [InlineData(HardnessMode.InBatch, 2, 0)]
    [InlineData(HardnessMode.Hard, 0, 2)]
    [InlineData(HardnessMode.All, 2, 2)]
    public void Loss_Hardness_RaisesTheNegativesOfItsMode(HardnessMode mode, double inBatch, double own)
    {
        // Anchors 1, positives 1, negatives 1, all in one dimension: every similarity is 1, the hardness 2.
        var batch = Zeros(rows: 2, columns: 3);
        batch = batch with { Columns = [.. batch.Columns.Select(column => ones_like(column))] };

        var value = LossRun.Of(new MultipleNegativesRankingLoss(Dot with { Hardness = mode, HardnessStrength = 2 }), batch).Value;

        // The pair, the other positive, the own negative, the other negative.
        Assert.Equal(Math.Log(1 + Math.Exp(inBatch) + Math.Exp(own) + Math.Exp(inBatch)), value, Exact);
    }

    [Theory]
    [InlineData(ScoreMask.Absolute, 0, 1)]        // the other positive scores 0.9, the pair 0.8
    [InlineData(ScoreMask.Absolute, -0.2, 2)]     // 0.9 is not above 1
    [InlineData(ScoreMask.Relative, -0.5, 2)]     // nor above 1.2
    public void Loss_ScoreMask_LeavesOutNegativesAboveThePair(ScoreMask mask, double margin, int candidates)
    {
        // By the guide; the embeddings themselves are all 0. Row 1's pair scores 0.9, the other positive 0.8.
        var batch = Zeros(rows: 2, columns: 2) with
        {
            Guides = [tensor(new[,] { { 1.0, 0 }, { 1, 0 } }), tensor(new[,] { { 0.8, 0.6 }, { 0.9, Math.Sqrt(0.19) } })],
        };

        var pass = new MultipleNegativesRankingLoss(Dot with { ScoreMask = mask, ScoreMaskMargin = margin }).Over(batch);
        var statistics = cat([.. batch.Shards.Select(pass.Score)], 0);

        Assert.Equal(Math.Log(candidates), statistics[0, 0].item<double>(), Exact);
        Assert.Equal(Math.Log(2), statistics[1, 0].item<double>(), Exact);
        Assert.Equal((2 - candidates) / 2.0, pass.Measures(statistics)["masked_by_score"], Exact);
    }

    [Fact]
    public void Loss_GuidesPositiveTwice_IsNotAboveItself()
    {
        using var generator = new Generator(3);
        var text = randn([1, 384], float32, generator: generator);
        var batch = Zeros(rows: 64, columns: 2) with { Guides = [randn([64, 384], generator: generator), text.expand(64, 384)] };
        batch = batch with { Columns = [.. batch.Columns.Select(column => column.to(float32))] };

        var value = LossRun.Of(new MultipleNegativesRankingLoss(Dot with { ScoreMask = ScoreMask.Absolute }), batch).Value;

        Assert.Equal(Math.Log(64), value, 1e-6); // similarities of a product differ from the pair's by rounding, in either direction
    }

    [Fact]
    public void Loss_Memory_IsFurtherDocumentsButForKnownTexts()
    {
        // Of two past rows with a negative each, one has row 0's positive and one has no negative: row 0 has 2 of their documents, row 1 has 3.
        var batch = Zeros(rows: 2, columns: 3);
        var memory = new EmbeddingMemory
        {
            Columns = [zeros(2, 1, float64), zeros(2, 1, float64), zeros(2, 1, float64)],
            TextHashes = [[901, 902], [batch.TextHashes[1][0], 904], [905, 0]],
            Labels = [-1, -1],
        };

        var statistics = LossRun.Of(new MultipleNegativesRankingLoss(Dot), batch with { Memory = memory }).Statistics;

        Assert.Equal(Math.Log(4 + 2), statistics[0, 0].item<double>(), Exact);
        Assert.Equal(Math.Log(4 + 3), statistics[1, 0].item<double>(), Exact);
    }

    [Fact]
    public void Measures_OneOfTwoPositivesFirst_AreHalfAndTheirMean()
    {
        // Row 0: its positive 1, the other 0.6; row 1: its positive 0, the other 1.
        var batch = Zeros(rows: 2, columns: 2) with { Columns = [tensor(new[,] { { 1.0, 0 }, { 1, 0 } }), tensor(new[,] { { 2.0, 0 }, { 0, 1 } })] };
        var pass = new MultipleNegativesRankingLoss(new RankingLossOptions { LearnScale = true, Scale = 8, HardnessStrength = 50, Hardness = HardnessMode.All }).Over(batch);

        var figures = pass.Measures(cat([.. batch.Shards.Select(pass.Score)], 0));

        Assert.Equal(0.5, figures["accuracy"]);
        Assert.Equal(0.5, figures["positive_similarity"], Exact);
        Assert.Equal(8, figures["scale"], 1e-6); // a float32 parameter
        Assert.DoesNotContain("masked_by_score", figures);
    }

    [Theory]
    [InlineData(1, true)]   // its own positive is nearer: a larger scale would lower the loss
    [InlineData(-1, false)] // the other's is: a smaller one would
    public void ParameterGradient_AtTheLimit_OnlyLeadsBack(double sign, bool isHeld)
    {
        var batch = Zeros(rows: 2, columns: 2) with { Columns = [eye(2, dtype: float64), (sign * eye(2, dtype: float64)) + 20] };
        var loss = new MultipleNegativesRankingLoss(new RankingLossOptions { LearnScale = true, Scale = 150 });
        using var pass = loss.Over(batch);

        var statistics = cat([.. batch.Shards.Select(pass.Score)], 0);
        var slope = batch.Shards.Sum(shard => pass.ParameterGradient(statistics, shard)[0].item<float>());

        Assert.Equal(100, pass.Measures(statistics)["scale"]);
        Assert.Equal(isHeld, slope == 0);
        Assert.True(slope >= 0);
    }

    [Fact]
    public void ParameterGradient_SmoothBatch_FollowsFiniteDifferences()
    {
        const float Step = 1e-2f;
        using var scope = NewDisposeScope();
        using var gradientMode = no_grad();
        var batch = new RandomBatch(7, Rows: 9, Shards: 3, Columns: 3, Labels: 1).Build(float64);
        var loss = new MultipleNegativesRankingLoss(new RankingLossOptions { LearnScale = true, Scale = 5 });
        var (name, parameter) = Assert.Single(loss.Parameters);
        using var pass = loss.Over(batch);
        var statistics = cat([.. batch.Shards.Select(pass.Score)], 0);
        var slope = batch.Shards.Sum(shard => pass.ParameterGradient(statistics, shard)[0].item<float>());

        parameter.add_(Step);
        var (above, high) = (LossRun.ValueOf(loss, batch), parameter.item<float>());
        parameter.sub_(2 * Step);
        var (below, low) = (LossRun.ValueOf(loss, batch), parameter.item<float>());

        Assert.Equal("log_scale", name);
        Assert.Equal((above - below) / (high - low), slope, 1e-4);
    }

    [Theory]
    [InlineData(SoftmaxPartition.Joint)]
    [InlineData(SoftmaxPartition.PerDirection)]
    public void Gradient_AllDirections_FollowsFiniteDifferences(SoftmaxPartition partition) => FiniteDifferences.Check(
        new MultipleNegativesRankingLoss(new RankingLossOptions
        {
            Scale = 5,
            Partition = partition,
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToQuery
                | RankingDirections.DocumentToDocument | RankingDirections.PositiveToPositive,
        }),
        new RandomBatch(11, 9, 3, 3, 1));

    [Fact]
    public void Gradient_NearZeroInFloat32_KeepsItsDigits()
    {
        // Each row's probability is within 1e-8 of 1: a difference to 1 would have no digits in float32.
        var batch = Zeros(rows: 4, columns: 2) with { Columns = [eye(4, dtype: float64), eye(4, dtype: float64) + 0.01] };
        var exact = LossRun.Of(new MultipleNegativesRankingLoss(new RankingLossOptions()), batch);

        var single = LossRun.Of(
            new MultipleNegativesRankingLoss(new RankingLossOptions()), batch with { Columns = [.. batch.Columns.Select(column => column.to(float32))] });

        Assert.Equal(exact.Value, single.Value, 1e-5 * exact.Value);
        Assert.True((exact.Gradients[0] - single.Gradients[0]).abs().max().item<double>() < 1e-4 * exact.Gradients[0].abs().max().item<double>());
    }

    [Fact]
    public void Constructor_WithoutQueryDocument_Throws() =>
        Assert.Throws<ArgumentException>(() => new MultipleNegativesRankingLoss(Dot with { Directions = RankingDirections.QueryToQuery }));

    private static EmbeddingBatch Zeros(int rows, int columns) => new()
    {
        Columns = [.. Enumerable.Range(0, columns).Select(_ => zeros(rows, 1, float64))],
        TextHashes = [.. Enumerable.Range(0, columns).Select(c => Enumerable.Range(1, rows).Select(r => (ulong)((c * 100) + r)).ToImmutableArray())],
        Labels = [.. Enumerable.Repeat(-1, rows)],
        Shards = LossRun.Shards(rows, Math.Min(rows, 2)),
    };
}
