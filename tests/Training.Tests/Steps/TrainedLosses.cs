using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Tests.Losses.Custom;

namespace Distributed.Training.Tests.Steps;

/// <summary>Every kind of loss over data that it takes: the one list that tests of the step go through. A new kind is a line here.</summary>
internal static class TrainedLosses
{
    public static TheoryData<LossOptions> All =>
    [
        new RankingLossOptions(),
        new RankingLossOptions { Similarity = Similarity.Dot, Scale = 1 },
        new MinedTripletLossOptions { Margin = 1 },
        new MinedTripletLossOptions { SoftMargin = true, Distance = Distance.Cosine },
        new MinedTripletLossOptions { Distance = Distance.SquaredEuclidean, Normalize = true, Margin = 1 },
        new MinedTripletLossOptions { Mining = TripletMining.BatchAll, Margin = 1 },
        new MinedTripletLossOptions { Mining = TripletMining.BatchSemiHard, Margin = 1 },
        new TripletLossOptions(),
        new TripletLossOptions { Distance = Distance.Manhattan },
        new RankingLossOptions
        {
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToQuery | RankingDirections.DocumentToDocument,
        },
        new RankingLossOptions { Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, Partition = SoftmaxPartition.PerDirection },
        new RankingLossOptions { LearnScale = true, Hardness = HardnessMode.All, HardnessStrength = 5 },
        new RankingLossOptions { ScoreMask = ScoreMask.Absolute, ScoreMaskMargin = 0.1 },
        new RankingLossOptions { Directions = RankingDirections.QueryToDocument | RankingDirections.PositiveToPositive },
        new RankingLossOptions
        {
            Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.PositiveToPositive,
            ScoreMask = ScoreMask.Absolute,
            Guide = ReferenceData.PathOf("encoder", "mini-mean"),
            Scale = 100,
        },
        new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 30, FromStep = 0 } },
        new MinedTripletLossOptions { Margin = 1, CrossBatchMemory = new MemoryOptions { Rows = 30, FromStep = 0 } },
        new RankingLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [32, 16, 8] } },
        new ContrastiveLossOptions(),
        new ContrastiveLossOptions { Online = true, Distance = Distance.Euclidean },
        new ScoreLossOptions(),
        new ScoreLossOptions { Objective = ScoreObjective.CoSent },
        new ScoreLossOptions { Objective = ScoreObjective.AnglE },
        new MinedTripletLossOptions { Margin = 1, Matryoshka = new MatryoshkaOptions { Dims = [32, 8], Weights = [1, 0.5] } },
        new ScoreLossOptions { Objective = ScoreObjective.CoSent, Matryoshka = new MatryoshkaOptions { Dims = [16, 4] } },
        PulledPairs.Options,
    ];

    /// <summary>A small job with this loss, over made rows that all have texts of one length.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="folder">Gets the rows.</param>
    public static Job Job(LossOptions loss, string folder) => TrainerJobs.Pairs with
    {
        Datasets = [new DatasetOptions { Data = EvenRows.Write(loss.Input, folder), Loss = loss }],
        Batch = new BatchOptions { Rows = EvenRows.Count, Shards = 2 },
    };
}
