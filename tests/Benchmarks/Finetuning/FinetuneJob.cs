using Distributed.Jobs;

namespace Distributed.Benchmarks.Finetuning;

/// <summary>Fine-tuning of a published model: 64 rows of anchor, positive and negative a step, texts of at most 48 tokens, as a user would set it.</summary>
internal static class FinetuneJob
{
    private const int Rows = 64;
    private const int MaxTokens = 48;

    /// <summary>The job.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="rows">File of the rows.</param>
    public static Job Of(string model, string rows) => new()
    {
        Model = new ModelOptions { Folder = model, MaxTokens = MaxTokens },
        Datasets = [new DatasetOptions { Data = new DataOptions { Train = [rows], Columns = ["anchor", "positive", "negative"] } }],
        Batch = new BatchOptions { Rows = Rows },
        Optimizer = new OptimizerOptions { LearningRate = 5e-5 },
        Output = new OutputOptions { Folder = "" },
    };
}
