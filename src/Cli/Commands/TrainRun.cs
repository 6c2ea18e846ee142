using System.Text;
using Distributed.Cli.Display;
using Distributed.Cli.Events;
using Distributed.Cli.JobFiles;
using Distributed.Cli.Launching;
using Distributed.Cli.Output;
using Distributed.Data.Files;
using Distributed.Hub;
using Distributed.Jobs;
using Spectre.Console;

namespace Distributed.Cli.Commands;

/// <summary>Runs a job on this machine, from the file to the last line.</summary>
internal static class TrainRun
{
    /// <summary>Runs it; the exit code.</summary>
    public static async Task<int> ExecuteAsync(TrainRequest request, TimeProvider time)
    {
        try
        {
            var job = EffectiveJob.Load(request.JobFile, request.Overrides, Directory.GetCurrentDirectory());
            var folder = new RunFolder(job.Job.Output.Folder);
            // Before anything of a run is written there, its lock included.
            if (folder.IsForeign)
                throw new RunFolderException($"{folder.Root}: it holds files that no run wrote; choose another folder with --output");
            Create(folder);
            using var folderLock = RunLock.TryTake(folder.Root) ?? throw new RunFolderException($"{folder.Root}: another `distributed train` runs in this folder");
            if (!await RunLock.WaitForCoordinatorAsync(folder.Root, time))
                throw new RunFolderException($"{folder.Root}: a coordinator runs in this folder");
            if (Prepare(folder, job, request) is { } done)
                return Report(done);
            var (settled, model) = await StartingModel.SettleAsync(job, folder, request.Hub, Console.Error, time);
            Durable.WriteFile(folder.JobFile, Encoding.UTF8.GetBytes(settled.Text));
            return await RunAsync(folder, settled, model, request, time);
        }
        catch (Exception e) when (e is JobFileException or HubException or RunFolderException or ProgramMissingException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"the run's folder cannot be used: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    private static void Create(RunFolder folder)
    {
        try
        {
            Directory.CreateDirectory(folder.Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"cannot create the output folder {folder.Root}: {e.Message}");
        }
    }

    private static int Report(string done)
    {
        Console.WriteLine(done);
        return ExitCodes.Done;
    }

    /// <summary>Makes the folder ready for the run; what there is to say when no run is needed.</summary>
    private static string? Prepare(RunFolder folder, EffectiveJob job, TrainRequest request)
    {
        if (request.IsFresh)
            folder.Clear();
        switch (folder.StateFor(job.Job))
        {
            case RunFolderState.Finished:
                return $"This job is complete: its model is in {folder.Model}. To train it again, add --fresh.";
            case RunFolderState.OtherJob:
                throw new RunFolderException(
                    $"{folder.Root}: it holds a run of another job ({folder.JobFile}); choose another folder with --output, or start over with --fresh");
        }

        return null;
    }

    private static async Task<int> RunAsync(RunFolder folder, EffectiveJob job, HubModel? model, TrainRequest request, TimeProvider time)
    {
        var isResumed = folder.HasJournal;
        var started = time.GetTimestamp();
        using var logs = new RunLogs(folder.Logs);
        await using var display = CreateDisplay(time);
        var output = new RunOutput(display, logs, time);
        output.Event(
            EventLevel.Information,
            isResumed ? "Resuming the run in {OutputFolder} with {Workers} workers" : "Starting a run in {OutputFolder} with {Workers} workers",
            ("OutputFolder", folder.Root),
            ("Workers", job.Job.Workers.Count));

        if (model is not null)
            Tell(output, job.Job.Model.Hub!, model);

        using var stop = StopRequests.FromSignals();
        using var cluster = new LocalCluster(
            ClusterPlan.ForJob(request.ProgramFolder, folder.JobFile, folder.Root, job.Job.Workers.Count), output, time);
        using var watching = new CancellationTokenSource();
        var parent = ParentWatch.RunAsync(stop, time, watching.Token);
        var outcome = await cluster.RunAsync(stop);
        await watching.CancelAsync();
        await parent;

        output.Summary(TrainSummary.Of(outcome, cluster.Tally, folder, job, request, time.GetElapsedTime(started)));
        return outcome.ExitCode;
    }

    private static void Tell(RunOutput output, string id, HubModel model)
    {
        if (model.Warning is { } warning)
            output.Event(EventLevel.Warning, "{Doubt}", ("Doubt", warning));
        output.Event(EventLevel.Information, "Model {Model} is commit {Commit}, in {Folder}", ("Model", id), ("Commit", model.Commit), ("Folder", model.Folder));
    }

    private static IRunDisplay CreateDisplay(TimeProvider time)
        => Console.IsOutputRedirected ? new ClefDisplay(Console.Out, time) : new TerminalDisplay(AnsiConsole.Console, time);
}
