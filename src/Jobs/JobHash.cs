using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Jobs.Losses;

namespace Distributed.Jobs;

/// <summary>Tells whether two jobs give the same model on the same data: a run is resumed only with the job it was started with.</summary>
public static partial class JobHash
{
    /// <summary>
    /// SHA-256, in lower-case hexadecimal, over everything in the job that determines the result, what is written of adapters included. The number of workers, their device, the
    /// output folder, the checkpoints and the embedding watch do not; of paths only the file's name counts, so that a folder can be moved.
    /// </summary>
    public static string Of(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(WhatDetermines(job), JobJson.Default.Job);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static Job WhatDetermines(Job job) => job with
    {
        Model = job.Model with
        {
            Folder = FileName(job.Model.Folder),
            Adapter = FileName(job.Model.Adapter),
            Freeze = job.Model.Freeze.IsEmpty ? default : job.Model.Freeze, // not written, as in older builds
            New = job.Model.New is { } shape ? shape with { Vocabulary = Path.GetFileName(shape.Vocabulary) } : null,
        },
        Datasets = [.. job.Datasets.Select(WhatDetermines)],
        Optimizer = job.Optimizer with { Rates = job.Optimizer.Rates.IsEmpty ? default : job.Optimizer.Rates },
        Evaluation = job.Evaluation is { } evaluation
            ? evaluation with
            {
                Queries = Path.GetFileName(evaluation.Queries),
                Corpus = Path.GetFileName(evaluation.Corpus),
                Relevance = Path.GetFileName(evaluation.Relevance),
            }
            : null,
        Output = new OutputOptions { Folder = "", Lora = job.Output.Lora },
        Checkpoint = new CheckpointOptions(),
        Workers = new WorkerOptions { Threads = job.Workers.Threads },
    };

    private static DatasetOptions WhatDetermines(DatasetOptions dataset) => dataset with
    {
        Data = dataset.Data with { Train = [.. dataset.Data.Train.Select(file => Path.GetFileName(file))] },
        Loss = dataset.Loss switch
        {
            RankingLossOptions ranking => ranking with { Guide = FileName(ranking.Guide) },
            CustomLossOptions custom => custom with { Assembly = Path.GetFileName(custom.Assembly) },
            _ => dataset.Loss,
        },
    };

    private static string? FileName(string? path) => path is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    [JsonSerializable(typeof(Job))]
    private sealed partial class JobJson : JsonSerializerContext;
}
