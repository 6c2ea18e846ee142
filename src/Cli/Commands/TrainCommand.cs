using System.Collections.Immutable;
using System.CommandLine;
using Distributed.Cli.JobFiles;
using Distributed.Hub;

namespace Distributed.Cli.Commands;

/// <summary>`distributed train`: runs a job on this machine.</summary>
internal static class TrainCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(string programFolder, ImmutableArray<string> ownName, HubOptions hub, TimeProvider time)
    {
        var job = new Argument<string>("JOB") { Description = "Job file (YAML); `distributed init` writes one." };
        var workers = new Option<int?>("--workers") { Description = "Worker processes, instead of the job's. They do not change the result.", HelpName = "N" };
        var output = new Option<string?>("--output") { Description = "Folder of the run, instead of the job's.", HelpName = "DIR" };
        var maxSteps = new Option<int?>("--max-steps") { Description = "Steps after which training ends, instead of the job's.", HelpName = "N" };
        var set = new Option<string[]>("--set") { Description = "Any key of the job: --set optimizer.learning_rate=1e-4. May be given several times.", HelpName = "KEY=VALUE" };
        var fresh = new Option<bool>("--fresh") { Description = "Delete what an earlier run left in the output folder and start over." };
        set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => JobOverride.Parse(token.Value) is null))
                result.AddError($"--set {token.Value}: expected key=value, for example optimizer.max_steps=20");
        });
        var command = new Command(
            "train",
            """
            Starts a coordinator and workers on this machine, trains, and shows how far it is. The same command again resumes a run that
            was stopped. Ctrl-C stops after the current step, with a checkpoint.

            Example:
              distributed train jobs/wordnet.yaml --workers 2 --set optimizer.max_steps=20
            """)
        {
            job, workers, output, maxSteps, set, fresh,
        };
        command.SetAction((parsed, _) => TrainRun.ExecuteAsync(
            new TrainRequest
            {
                JobFile = parsed.GetRequiredValue(job),
                Overrides =
                [
                    .. (parsed.GetValue(set) ?? []).Select(text => JobOverride.Parse(text)!),
                    .. Override(JobOverride.WorkerCount, parsed.GetValue(workers)),
                    .. Override(JobOverride.MaxSteps, parsed.GetValue(maxSteps)),
                    .. Override(JobOverride.OutputFolder, parsed.GetValue(output)),
                ],
                IsFresh = parsed.GetValue(fresh),
                ProgramFolder = programFolder,
                OwnName = ownName,
                Hub = hub,
            },
            time));
        return command;
    }

    private static JobOverride[] Override<T>(string key, T? value) => value is null ? [] : [new JobOverride(key, $"{value}")];
}
