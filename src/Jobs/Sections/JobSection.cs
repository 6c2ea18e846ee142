using System.Collections.Immutable;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads the top of a job file.</summary>
internal static class JobSection
{
    private static readonly Job Default = new()
    {
        Model = new ModelOptions(),
        Datasets = [],
        Output = new OutputOptions { Folder = "" },
    };

    public static Job Read(Section keys) => new()
    {
        Seed = keys.Int("seed", Default.Seed, min: 0),
        Precision = keys.Choice("precision", Default.Precision, ("float32", Precision.Float32), ("bfloat16", Precision.BFloat16)),
        Model = keys.Child("model", ModelSection.Read),
        Datasets = ReadDatasets(keys),
        Mixing = ReadMixing(keys),
        Batch = keys.Child("batch", BatchSection.Read),
        Optimizer = keys.Child("optimizer", OptimizerSection.Read),
        Schedule = keys.Child("schedule", ScheduleSection.Read),
        Evaluation = keys.OptionalChild("evaluation", EvaluationSection.Read),
        Watch = keys.Child("watch", WatchSection.Read),
        Output = keys.Child("output", OutputSection.Read),
        Checkpoint = keys.Child("checkpoint", CheckpointSection.Read),
        Workers = keys.Child("workers", WorkerSection.Read),
    };

    private static ImmutableArray<DatasetOptions> ReadDatasets(Section keys)
    {
        if (!keys.Gives("datasets"))
            return [DatasetSection.Read(keys)];
        var datasets = keys.Children("datasets", DatasetSection.ReadItem);
        keys.RefuseOthers(["data", "loss", "sampler"], "stands in each of datasets");
        return datasets;
    }

    private static DatasetMixing ReadMixing(Section keys)
    {
        if (keys.Gives("datasets"))
            return keys.Choice("mixing", Default.Mixing, ("proportional", DatasetMixing.Proportional), ("round-robin", DatasetMixing.RoundRobin));
        keys.RefuseOthers(["mixing"], "has a meaning with datasets only");
        return Default.Mixing;
    }
}
