using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;

namespace Distributed.Training.Tests.Steps;

/// <summary>Small jobs over the bundled data.</summary>
internal static class TrainerJobs
{
    private static readonly string WordNet = Path.Combine(Repository.Root, "data", "wordnet");

    /// <summary>Pairs with hard negatives, some missing; multiple-negatives ranking with false negatives masked; dropout.</summary>
    public static Job Pairs { get; } = new()
    {
        Model = new ModelOptions
        {
            New = new NewModelOptions
            {
                Vocabulary = Path.Combine(WordNet, "vocab.txt"), Layers = 2, HiddenSize = 32, Heads = 2, IntermediateSize = 64, MaxPositions = 64,
            },
            Dropout = 0.1,
        },
        Datasets =
        [
            new DatasetOptions
            {
                Data = new DataOptions
                {
                    Train = [Path.Combine(WordNet, "usage-train.jsonl.gz")], Columns = ["anchor", "positive", "negative"], Limit = 200,
                },
            },
        ],
        Batch = new BatchOptions { Rows = 45, Shards = 7, TokensPerMicroBatch = 150 },
        Optimizer = new OptimizerOptions { LearningRate = 1e-3, Epochs = 10 },
        Schedule = new ScheduleOptions { WarmupSteps = 0 },
        Output = new OutputOptions { Folder = "" },
    };

    /// <summary>Both datasets of the other jobs, batches of each in turn.</summary>
    public static Job TwoDatasets => Pairs with
    {
        Datasets = [Pairs.Datasets[0] with { Name = "pairs" }, Labelled.Datasets[0] with { Name = "classes" }],
        Mixing = DatasetMixing.RoundRobin,
    };

    /// <summary>Labelled texts, batch-hard triplets on raw embeddings.</summary>
    public static Job Labelled { get; } = Pairs with
    {
        Datasets =
        [
            new DatasetOptions
            {
                Data = new DataOptions
                {
                    Train = [Path.Combine(WordNet, "classes-train.jsonl.gz")], Columns = ["text"], Label = "label", Limit = 1000,
                },
                Loss = new MinedTripletLossOptions { Margin = 1 },
                Sampler = new SamplerOptions { Kind = SamplerKind.Labels, ClassesPerBatch = 8, RowsPerClass = 4 },
            },
        ],
    };
}
