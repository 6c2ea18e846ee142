using System.Collections.Immutable;
using Distributed.Cli.Display;
using Distributed.Cli.JobFiles;
using Distributed.Cli.Launching;
using Distributed.Cli.Output;
using Distributed.Cli.Status;
using Distributed.Jobs;

namespace Distributed.Cli.Commands;

/// <summary>What is said at the end of a run.</summary>
internal static class TrainSummary
{
    /// <summary>The summary of a run that ended with <paramref name="outcome"/>.</summary>
    public static RunSummary Of(ClusterOutcome outcome, RunTally tally, RunFolder folder, EffectiveJob job, TrainRequest request, TimeSpan elapsed)
    {
        var end = EndOf(outcome, folder);
        return new RunSummary
        {
            End = end,
            Reason = outcome.Reason,
            Step = end == RunEnd.Completed ? tally.TotalSteps : tally.Step,
            TotalSteps = tally.TotalSteps,
            Elapsed = elapsed,
            Evaluations = tally.Evaluations,
            OutputFolder = folder.Root,
            ModelFolder = folder.Model,
            Next = Next(end, outcome, folder, job, request),
        };
    }

    private static RunEnd EndOf(ClusterOutcome outcome, RunFolder folder) => outcome.ExitCode switch
    {
        ExitCodes.Done => folder.HasModel ? RunEnd.Completed : RunEnd.Stopped,
        ExitCodes.Interrupted => RunEnd.Interrupted,
        _ => RunEnd.Failed,
    };

    private static ImmutableArray<NextCommand> Next(RunEnd end, ClusterOutcome outcome, RunFolder folder, EffectiveJob job, TrainRequest request) => end switch
    {
        // Adapters alone embed nothing.
        RunEnd.Completed when job.Job.Output.Lora == AdapterOutput.Adapter =>
            [new("Add the adapter to its base model", Command(request, "merge", "--model", job.StartingModel!, "--adapter", folder.Model, "--output", "merged"))],
        RunEnd.Completed =>
        [
            new("Embed texts", Command(request, "encode", "--model", folder.Model, "--input", "texts.txt", "--output", "embeddings.npy")),
            .. job.Job.Evaluation is null ? [] : (ImmutableArray<NextCommand>)[new("Score it again", Command(request, "evaluate", "--model", folder.Model, "--job", request.JobFile))],
        ],
        RunEnd.Failed when outcome.ExitCode == ExitCodes.Refused => [],
        _ when !folder.HasJournal => [],
        // Every change of the command line belongs to the job that is resumed.
        _ => [new("Go on from where it stopped", Command(request, ["train", request.JobFile, .. request.Overrides.SelectMany(Option)]))],
    };

    private static string Command(TrainRequest request, params IEnumerable<string> words) => ShellText.Join([.. request.OwnName, .. words]);

    private static string[] Option(JobOverride change) => change.Key switch
    {
        JobOverride.OutputFolder => ["--output", change.Value],
        JobOverride.WorkerCount => ["--workers", change.Value],
        JobOverride.MaxSteps => ["--max-steps", change.Value],
        _ => ["--set", $"{change.Key}={change.Value}"],
    };
}
