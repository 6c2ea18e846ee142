using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Protocol;
using Distributed.Training.Checkpoints;
using Distributed.Training.Steps;
using WorkTask = Distributed.Protocol.Task;

namespace Distributed.Worker.Runs;

/// <summary>What this worker tells the coordinator about a run, as messages.</summary>
internal static class Messages
{
    public static WorkerMessage Standby(HeldState held) => new() { Standby = new Standby { Held = held } };

    public static WorkerMessage Ready(long generation) => new() { Ready = new Ready { Generation = generation } };

    public static WorkerMessage Vote(long generation, StepPlan plan, StepResult step) => new()
    {
        Vote = new Vote
        {
            Generation = generation,
            Step = plan.Step,
            Finite = step.IsFinite,
            GradientDigest = step.GradientDigest,
            RowsHash = plan.Hash,
            Loss = step.Loss,
            GradientNorm = step.GradientNorm,
            Timings = Timings(step.Timings),
            Watch = { step.Watch ?? ImmutableSortedDictionary<string, double>.Empty },
        },
    };

    public static WorkerMessage Report(WorkTask task, IReadOnlyDictionary<string, double>? metrics = null, string error = "")
    {
        var report = new TaskReport { Generation = task.Generation, Sequence = task.Sequence, Error = error };
        foreach (var (name, value) in metrics ?? ImmutableDictionary<string, double>.Empty)
            report.Metrics.Add(name, value);
        return new WorkerMessage { Report = report };
    }

    public static WorkerMessage Sealed(SealedCheckpoint checkpoint) => new()
    {
        CheckpointSealed = new CheckpointSealed
        {
            StepsDecided = checkpoint.StepsDecided,
            Folder = checkpoint.Folder,
            ManifestSha256 = checkpoint.ManifestSha256,
        },
    };

    public static WorkerMessage Failed(long generation, int? suspect, string reason, string damagedCheckpoint = "") => new()
    {
        GenerationFailed = new GenerationFailed
        {
            Generation = generation, SuspectRank = suspect ?? -1, Reason = reason, DamagedCheckpoint = damagedCheckpoint,
        },
    };

    private static Protocol.StepTimings Timings(Training.Steps.StepTimings timings) => new()
    {
        Encode = timings.Encode.TotalSeconds,
        Gather = timings.Gather.TotalSeconds,
        Loss = timings.Loss.TotalSeconds,
        Backward = timings.Backward.TotalSeconds,
        Reduce = timings.Reduce.TotalSeconds,
        Total = timings.Total.TotalSeconds,
    };
}
