using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads the top of a job file.</summary>
internal static class JobSection
{
    private static readonly Job Default = new()
    {
        Model = new ModelOptions(),
        Data = new DataOptions { Train = [] },
        Output = new OutputOptions { Folder = "" },
    };

    public static Job Read(Section keys) => new()
    {
        Seed = keys.Int("seed", Default.Seed, min: 0),
        Precision = keys.Choice("precision", Default.Precision, ("float32", Precision.Float32), ("bfloat16", Precision.BFloat16)),
        Model = keys.Child("model", ModelSection.Read),
        Data = keys.Child("data", DataSection.Read),
        Loss = keys.Child("loss", LossSection.Read),
        Sampler = keys.Child("sampler", SamplerSection.Read),
        Batch = keys.Child("batch", BatchSection.Read),
        Optimizer = keys.Child("optimizer", OptimizerSection.Read),
        Schedule = keys.Child("schedule", ScheduleSection.Read),
        Evaluation = keys.OptionalChild("evaluation", EvaluationSection.Read),
        Output = keys.Child("output", OutputSection.Read),
        Checkpoint = keys.Child("checkpoint", CheckpointSection.Read),
        Workers = keys.Child("workers", WorkerSection.Read),
    };
}
