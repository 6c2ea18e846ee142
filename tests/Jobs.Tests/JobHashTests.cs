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

    /// <summary>Changes that give another model or other scores.</summary>
    public static TheoryData<string, Job> Different => new()
    {
        { "seed", Job with { Seed = 13 } },
        { "precision", Job with { Precision = Precision.BFloat16 } },
        { "folder", Job with { Model = new ModelOptions { Folder = "/a/model" } } },
        { "vocabulary", Job with { Model = new ModelOptions { New = new NewModelOptions { Vocabulary = "/a/other.txt" } } } },
        { "layers", Job with { Model = new ModelOptions { New = Job.Model.New! with { Layers = 3 } } } },
        { "dropout", Job with { Model = Job.Model with { Dropout = 0 } } },
        { "train", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Train = ["/a/train.jsonl", "/a/more.jsonl"] } }] } },
        { "columns", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Columns = ["positive", "anchor"] } }] } },
        { "limit", Job with { Datasets = [Dataset with { Data = Dataset.Data with { Limit = 5 } }] } },
        { "scale", Job with { Datasets = [Dataset with { Loss = new RankingLossOptions { Scale = 20.000000000000004 } }] } },
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
        "9007a24a1e637872fec68cb9e7e12678311d7147edc0639a1294a7163f8177a6", JobHash.Of(Job));
}
