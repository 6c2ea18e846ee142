using System.CommandLine;
using Distributed.Jobs;

namespace Distributed.Worker.Verbs;

/// <summary>`check-loss JOB`: whether the losses of a job can be trained with.</summary>
internal static class CheckLossVerb
{
    /// <summary>The verb with its argument.</summary>
    public static Command Create()
    {
        Argument<string> job = new("JOB") { Description = "The job file." };
        Command command = new("check-loss", "Tries the loss of each dataset of a job on random batches: gradient, ranks, float32.") { job };
        command.SetVerb((arguments, cancellationToken) =>
            new CheckLossRun(JobFile.Load(arguments.GetRequiredValue(job)).Datasets, arguments.InvocationConfiguration.Output).RunAsync(cancellationToken));
        return command;
    }
}
