using Distributed.Jobs;
using Distributed.Jobs.Losses;

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
