using System.Collections.Immutable;
using Distributed.Jobs.Losses;

namespace Distributed.Jobs.Tests;

public sealed class JobHashTests
{
    private static readonly DatasetOptions Dataset = new() { Data = new DataOptions { Train = ["/a/train.jsonl"] } };

    private static readonly Job Job = new()
    {
        Model = new ModelOptions { New = new NewModelOptions { Vocabulary = "/a/vocab.txt" } },
        Datasets = [Dataset],
        Evaluation = new EvaluationOptions { Queries = "/a/q.jsonl", Corpus = "/a/c.jsonl", Relevance = "/a/r.tsv" },
        Output = new OutputOptions { Folder = "/a/runs" },
    };

    private static readonly CustomLossOptions Custom = new() { Assembly = "/a/mine.dll", Type = "Mine" };

    /// <summary>Changes that give another model or other scores.</summary>
    public static TheoryData<string, Job> Different => new()
    {
        { "seed", Job with { Seed = 13 } },
        { "precision", Job with { Precision = Precision.BFloat16 } },
        { "folder", Job with { Model = new ModelOptions { Folder = "/a/model" } } },
        { "hub", Job with { Model = new ModelOptions { Hub = "org/name" } } },
        { "revision", Job with { Model = new ModelOptions { Hub = "org/name@v1" } } },
        { "vocabulary", Job with { Model = new ModelOptions { New = new NewModelOptions { Vocabulary = "/a/other.txt" } } } },
        { "layers", Job with { Model = new ModelOptions { New = Job.Model.New! with { Layers = 3 } } } },
        { "dropout", Job with { Model = Job.Model with { Dropout = 0 } } },
        { "freeze", Job with { Model = Job.Model with { Freeze = ["embeddings"] } } },
        { "freeze layers", Job with { Model = Job.Model with { FreezeLayers = 1 } } },
        { "lora", Job with { Model = Job.Model with { Lora = new LoraOptions() } } },
        { "lora's targets", Job with { Model = Job.Model with { Lora = new LoraOptions { Targets = ["key"] } } } },
        { "adapter", Job with { Model = Job.Model with { Adapter = "/a/adapter" } } },
        { "adapter alone", Job with { Output = Job.Output with { Lora = AdapterOutput.Adapter } } },
        { "rates", Job with { Optimizer = new OptimizerOptions { Rates = [new RateOptions { Pattern = "embeddings", Factor = 0.1 }] } } },
        { "rates' decay", Job with { Optimizer = new OptimizerOptions { Rates = [new RateOptions { Pattern = "embeddings", WeightDecay = 0.1 }] } } },
        { "train", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Train = ["/a/train.jsonl", "/a/more.jsonl"] } }] } },
        { "columns", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Columns = ["positive", "anchor"] } }] } },
        { "limit", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Limit = 5 } }] } },
        { "scale", Job with { Datasets = [Dataset with { Loss = new RankingLossOptions { Scale = 20.000000000000004 } }] } },
        { "prompts", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Prompts = Prompts(new() { Text = "query: " }) } }] } },
        { "another prompt", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Prompts = Prompts(new() { Text = "query:" }) } }] } },
        { "prompt by name", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Prompts = Prompts(new() { Name = "query: " }) } }] } },
        { "query prompt", Job with { Evaluation = Job.Evaluation! with { QueryPrompt = new() { Text = "" } } } },
        { "document prompt", Job with { Evaluation = Job.Evaluation! with { DocumentPrompt = new() { Text = "" } } } },
        { "label", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Label = "class" } }] } },
        { "score", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Score = "similarity" } }] } },
        { "learned scale", WithLoss(new RankingLossOptions { LearnScale = true }) },
        { "similarity", WithLoss(new RankingLossOptions { Similarity = Similarity.Dot }) },
        { "directions", WithLoss(new RankingLossOptions { Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery }) },
        { "partition", WithLoss(new RankingLossOptions { Partition = SoftmaxPartition.PerDirection }) },
        { "hardness", WithLoss(new RankingLossOptions { Hardness = HardnessMode.Hard, HardnessStrength = 1 }) },
        { "hardness strength", WithLoss(new RankingLossOptions { Hardness = HardnessMode.Hard, HardnessStrength = 2 }) },
        { "mask", WithLoss(new RankingLossOptions { MaskFalseNegatives = false }) },
        { "score mask", WithLoss(new RankingLossOptions { ScoreMask = ScoreMask.Absolute }) },
        { "score mask margin", WithLoss(new RankingLossOptions { ScoreMask = ScoreMask.Absolute, ScoreMaskMargin = 0.1 }) },
        { "guide", WithLoss(new RankingLossOptions { Guide = "/a/guide" }) },
        { "memory", WithLoss(new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 8 } }) },
        { "memory's start", WithLoss(new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 8, FromStep = 0 } }) },
        { "matryoshka", WithLoss(new RankingLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [8, 4] } }) },
        { "matryoshka's weights", WithLoss(new RankingLossOptions { Matryoshka = new MatryoshkaOptions { Dims = [8, 4], Weights = [1, 2] } }) },
        { "batch-hard", WithLoss(new MinedTripletLossOptions()) },
        { "batch-all", WithLoss(new MinedTripletLossOptions { Mining = TripletMining.BatchAll }) },
        { "distance", WithLoss(new MinedTripletLossOptions { Distance = Distance.Cosine }) },
        { "margin", WithLoss(new MinedTripletLossOptions { Margin = 1 }) },
        { "soft margin", WithLoss(new MinedTripletLossOptions { SoftMargin = true }) },
        { "mean", WithLoss(new MinedTripletLossOptions { Mean = TripletMean.ValidAnchors }) },
        { "normalize", WithLoss(new MinedTripletLossOptions { Normalize = true }) },
        { "triplet", WithLoss(new TripletLossOptions()) },
        { "contrastive", WithLoss(new ContrastiveLossOptions()) },
        { "online contrastive", WithLoss(new ContrastiveLossOptions { Online = true }) },
        { "sum", WithLoss(new ContrastiveLossOptions { Sum = true }) },
        { "cosine similarity", WithLoss(new ScoreLossOptions()) },
        { "cosent", WithLoss(new ScoreLossOptions { Objective = ScoreObjective.CoSent }) },
        { "custom", WithLoss(Custom) },
        { "custom type", WithLoss(Custom with { Type = "Other" }) },
        { "custom assembly", WithLoss(Custom with { Assembly = "/a/other.dll" }) },
        { "custom settings", WithLoss(Custom with { Settings = Custom.Settings.Add("a", 1) }) },
        { "datasets", Job with { Datasets = [Dataset, Dataset with { Name = "more" }] } },
        { "name", Job with { Datasets = [Dataset with { Name = "other" }] } },
        { "mixing", Job with { Mixing = DatasetMixing.RoundRobin } },
        { "tokens", Job with { Batch = new BatchOptions { TokensPerMicroBatch = 8 } } },
        { "activation memory", Job with { Batch = new BatchOptions { ActivationMemoryMb = 8 } } },
        { "sampler", Job with { Datasets = [Dataset with { Sampler = new SamplerOptions { DropLast = true } }] } },
        { "shards", Job with { Batch = new BatchOptions { Shards = 4 } } },
        { "rate", Job with { Optimizer = new OptimizerOptions { LearningRate = 1e-3 } } },
        { "clip", Job with { Optimizer = new OptimizerOptions { ClipNorm = null } } },
        { "schedule", Job with { Schedule = new ScheduleOptions { Kind = ScheduleKind.Cosine } } },
        { "evaluation", Job with { Evaluation = null } },
        { "queries", Job with { Evaluation = Job.Evaluation! with { Queries = "/a/other.jsonl" } } },
        { "threads", Job with { Workers = new WorkerOptions { Threads = 2 } } },
    };

    /// <summary>Changes that leave the result as it is.</summary>
    public static TheoryData<string, Job> Same => new()
    {
        { "workers", Job with { Workers = new WorkerOptions { Count = 5, Device = DeviceKind.Cuda } } },
        { "output", Job with { Output = new OutputOptions { Folder = "/b" } } },
        { "watch", Job with { Watch = new WatchOptions { EverySteps = 1, Alarms = AlarmResponse.Stop, CollapseCosine = 0.5 } } },
        { "checkpoint", Job with { Checkpoint = new CheckpointOptions { EverySteps = 1, Keep = 9 } } },
        { "vocabulary", Job with { Model = new ModelOptions { New = new NewModelOptions { Vocabulary = "/b/vocab.txt" } } } },
        { "train", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Train = ["/b/c/train.jsonl"] } }] } },
        { "evaluation", Job with { Evaluation = Job.Evaluation! with { Queries = "/b/q.jsonl", Corpus = "/b/c.jsonl", Relevance = "/b/r.tsv" } } },
    };

    [Theory, MemberData(nameof(Different))]
    public void Of_JobWithAnotherResult_Differs(string change, Job job)
    {
        Assert.NotEmpty(change);
        Assert.NotEqual(JobHash.Of(Job), JobHash.Of(job));
    }

    [Fact]
    public void Of_JobsWithOtherResults_DifferFromOneAnother() =>
        Assert.Equal(Different.Count, Different.Select(row => JobHash.Of(row.Data.Item2)).Distinct().Count());

    [Fact]
    public void Of_GuideAndAssemblyElsewhere_IsEqual()
    {
        Assert.Equal(
            JobHash.Of(WithLoss(new RankingLossOptions { Guide = "/a/guide" })), JobHash.Of(WithLoss(new RankingLossOptions { Guide = "/b/guide/" })));
        Assert.Equal(JobHash.Of(WithLoss(Custom)), JobHash.Of(WithLoss(Custom with { Assembly = "/b/mine.dll" })));
    }

    [Theory, MemberData(nameof(Same))]
    public void Of_JobWithTheSameResult_IsEqual(string change, Job job)
    {
        Assert.NotEmpty(change);
        Assert.Equal(JobHash.Of(Job), JobHash.Of(job));
    }

    [Fact]
    public void Of_FolderWithAndWithoutLastSlash_IsEqual() => Assert.Equal(
        JobHash.Of(Job with { Model = new ModelOptions { Folder = "/a/model" } }),
        JobHash.Of(Job with { Model = new ModelOptions { Folder = "/b/model/" } }));

    /// <summary>Runs that were started with an older build have to find their job again: a change here breaks resuming.</summary>
    [Fact]
    public void Of_KnownJob_IsTheKnownHash() => Assert.Equal(
        "44c2cfa87ed2c522d9d9f265323024fabda8af416223b323354143f1b21c1ab2", JobHash.Of(Job));

    private static ImmutableSortedDictionary<string, PromptOptions> Prompts(PromptOptions anchor) =>
        ImmutableSortedDictionary<string, PromptOptions>.Empty.Add("anchor", anchor);

    private static Job WithLoss(LossOptions loss) => Job with { Datasets = [Dataset with { Loss = loss }] };
}
