using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;

namespace Distributed.Training.Tests.Losses.Checking;

public sealed class GradientCheckTests
{
    public static TheoryData<LossOptions> BuiltIn =>
    [
        new RankingLossOptions(),
        new RankingLossOptions { Scale = 1, Similarity = Similarity.Dot },
        new MinedTripletLossOptions(),
        new MinedTripletLossOptions { SoftMargin = true, Mean = TripletMean.ValidAnchors },
        new MinedTripletLossOptions { Distance = Distance.Cosine, Margin = 0.3 },
        new MinedTripletLossOptions { Distance = Distance.SquaredEuclidean, Normalize = true },
        new MinedTripletLossOptions { Mining = TripletMining.BatchAll },
        new MinedTripletLossOptions { Mining = TripletMining.BatchAll, Distance = Distance.Cosine, Margin = 0.3, Mean = TripletMean.ValidAnchors },
        new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard },
        new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard, Distance = Distance.Cosine, Margin = 0.3, Mean = TripletMean.ValidAnchors },
        new MinedTripletLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 8 } },
        new TripletLossOptions(),
        new TripletLossOptions { Distance = Distance.Manhattan },
        new TripletLossOptions { Normalize = true, Margin = 0.5 },
        new TripletLossOptions { Distance = Distance.Manhattan, Normalize = true, Margin = 0.5 },
        new TripletLossOptions { Distance = Distance.Cosine, Margin = 0.3 },
        new RankingLossOptions { LearnScale = true },
        new RankingLossOptions { LearnScale = true, Scale = RankingLossOptions.LargestLearnedScale },
        new RankingLossOptions { LearnScale = true, Scale = RankingLossOptions.LargestLearnedScale, ScoreMask = ScoreMask.Absolute, Guide = "guide" },
        new RankingLossOptions { Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, Partition = SoftmaxPartition.PerDirection },
        new RankingLossOptions { Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToDocument },
        new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 8 } },
        new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 8 }, ScoreMask = ScoreMask.Relative, ScoreMaskMargin = 0.05 },
        new RankingLossOptions
        {
            CrossBatchMemory = new MemoryOptions { Rows = 8 },
            Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, Partition = SoftmaxPartition.PerDirection,
            Matryoshka = new MatryoshkaOptions { Dims = [12, 5] },
        },
        new MinedTripletLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 8 }, Matryoshka = new MatryoshkaOptions { Dims = [12, 5] } },
        new RankingLossOptions
        {
            Scale = 100,
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.PositiveToPositive,
            ScoreMask = ScoreMask.Absolute,
            Guide = "guide",
        },
        new ContrastiveLossOptions(),
        new ContrastiveLossOptions { Online = true },
        new ScoreLossOptions(),
        new ScoreLossOptions { Objective = ScoreObjective.CoSent },
        new ScoreLossOptions { Objective = ScoreObjective.AnglE },
        new RankingLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [12, 5], Weights = [1, 0.3] } },
        new MinedTripletLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [3, 7] } },
    ];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public void Run_LossOfTheProduct_Passes(LossOptions options)
    {
        var report = GradientCheck.Run(EmbeddingLoss.Create(options), BatchShape.Of(options));

        Assert.True(report.Passed, report.ToString());
    }

    [Fact]
    public void Run_PlainLossWithAParameter_PassesWithALineForIt()
    {
        var report = GradientCheck.Run(new WeightedDistance(), new BatchShape());

        Assert.True(report.Passed, report.ToString());
        Assert.Equal(
            ["gradient of column 0", "gradient of column 1", "gradient of weight", "float32 follows float64", "the same bits for 1 to 8 ranks", "finite in float32"],
            report.Checks.Select(check => check.Name));
    }

    [Fact]
    public void Run_Parameter_IsPutBack()
    {
        using var loss = new WeightedDistance();

        GradientCheck.Run(loss, new BatchShape());

        Assert.Equal(1.5f, loss.Parameters[0].Value.item<float>());
    }

    [Theory]
    [InlineData(Defect.WrongGradient, "gradient of column 1")]
    [InlineData(Defect.WrongParameterGradient, "gradient of weight")]
    [InlineData(Defect.DependsOnTheOwnShards, "the same bits for 1 to 8 ranks")]
    [InlineData(Defect.DividesByZero, "finite in float32")]
    [InlineData(Defect.RoundsCoarsely, "float32 follows float64")]
    public void Run_LossWithADefect_FailsItsCheckAlone(Defect defect, string name)
    {
        var report = GradientCheck.Run(new WeightedDistance(defect), new BatchShape());

        Assert.Equal([name], report.Checks.Where(check => !check.Passed).Select(check => check.Name));
    }

    [Fact]
    public void Run_LossThatThrows_SaysWhat()
    {
        var report = GradientCheck.Run(EmbeddingLoss.Create(new ScoreLossOptions()), new BatchShape { Columns = 3, Scores = [1] });

        Assert.False(report.Passed);
        Assert.Contains("threw ArgumentException: The loss takes two texts a row, not 3.", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Report_HasALineForEachCheck()
    {
        var report = new LossReport([new("finite", true, "30 batches"), new("gradient of column 0", false, "one row: 1 is not 2")]);

        Assert.Equal("ok      finite                30 batches\nFAILED  gradient of column 0  one row: 1 is not 2", report.ToString());
    }

    [Fact]
    public void Of_Matryoshka_HasRoomForItsLargestDimension()
    {
        var shape = BatchShape.Of(new ScoreLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [2, 64, 8] } });

        Assert.Equal((2, 64), (shape.Columns, shape.Dim));
        Assert.Equal([0, 0.2f, 0.4f, 0.6f, 0.8f, 1], shape.Scores);
    }
}
