using Distributed.Cli.JobFiles;
using Distributed.Cli.Output;
using Distributed.Hub;
using Distributed.Jobs;

namespace Distributed.Cli.Commands;

/// <summary>
/// Fetches the model of the hub that a job starts from, before there are workers to wait for it, and settles its commit: all workers, and a run that is
/// resumed later, start from the same one.
/// </summary>
internal static class StartingModel
{
    /// <summary>The job with the commit in its text, and the model; null: it does not start from a model of the hub.</summary>
    /// <exception cref="HubException">The model cannot be had.</exception>
    public static async Task<(EffectiveJob Job, HubModel? Model)> SettleAsync(EffectiveJob job, RunFolder folder, HubOptions hub, TextWriter error, TimeProvider time)
    {
        if (job.Job.Model.Hub is not { } text)
            return (job, null);
        var id = HubId.Parse(text);
        // A run that has begun has its commit, wherever the branch has moved since.
        if (folder.HasJournal && File.Exists(folder.JobFile) && EffectiveJob.RecordedHub(File.ReadAllText(folder.JobFile)) is { IsCommit: true } recorded && recorded.Repository == id.Repository)
            id = recorded;
        using var progress = new DownloadProgress(hasLauncher: false, error, time);
        var model = await new ModelHub(hub, time).ResolveAsync(id, progress, CancellationToken.None);
        return (job.WithModel(id.At(model.Commit)), model);
    }
}
