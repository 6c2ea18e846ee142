using System.Globalization;
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
        if (job.Job.Model.Hub is not { } text || !HubId.TryParse(text, out var id))
            return (job, null);
        // A run that has begun has its commit, wherever the branch has moved since.
        if (folder.HasJournal && File.Exists(folder.JobFile) && EffectiveJob.RecordedHub(File.ReadAllText(folder.JobFile)) is { IsCommit: true } recorded && recorded.Repository == id.Repository)
            id = recorded;
        using var progress = new Progress(error, time);
        var model = await new ModelHub(hub, time).ResolveAsync(id, progress, CancellationToken.None);
        return (job.WithModel(id.At(model.Commit)), model);
    }

    /// <summary>A line on a terminal; nothing elsewhere.</summary>
    private sealed class Progress(TextWriter error, TimeProvider time) : IProgress<HubProgress>, IDisposable
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

        private long _told = time.GetTimestamp();
        private bool _isShown;

        public void Report(HubProgress value)
        {
            if (Console.IsErrorRedirected || time.GetElapsedTime(_told) < Interval)
                return;
            _told = time.GetTimestamp();
            _isShown = true;
            error.Write(string.Create(CultureInfo.InvariantCulture, $"\r\e[K{value.Bytes / 1e6:N1} of {value.TotalBytes / 1e6:N1} MB, {value.File} "));
        }

        public void Dispose()
        {
            if (_isShown)
                error.Write("\r\e[K");
        }
    }
}
