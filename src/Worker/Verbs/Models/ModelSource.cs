using Distributed.Hub;
using Distributed.Worker.Verbs.Groups;

namespace Distributed.Worker.Verbs.Models;

/// <summary>Finds the model that a command names: a folder, or an id of the hub.</summary>
internal sealed class ModelSource(HubOptions hub, TextWriter error, TimeProvider time)
{
    /// <summary>The folder, for one process.</summary>
    /// <exception cref="VerbException">The hub does not have the model, or cannot be asked.</exception>
    public Task<string> FolderAsync(string model, CancellationToken cancellationToken) => FolderAsync(model, isShared: false, cancellationToken);

    /// <summary>The folder, for processes that share a command on this machine: rank 0 finds it, all use it.</summary>
    /// <exception cref="VerbException">As above, on rank 0.</exception>
    public async Task<string> SharedFolderAsync(string model, VerbGroup group) =>
        await group.BroadcastAsync(group.Collectives.Rank == 0 ? await FolderAsync(model, group.Collectives.WorldSize > 1, group.Ended) : "");

    private async Task<string> FolderAsync(string model, bool isShared, CancellationToken cancellationToken)
    {
        if (ModelName.HubIdOf(model) is not { } id)
            return model;
        try
        {
            using var progress = new DownloadProgress(isShared, error, time);
            var found = await new ModelHub(hub, time).ResolveAsync(id, progress, cancellationToken);
            if (found.Warning is { } warning)
                await error.WriteLineAsync($"warning: {warning}");
            return found.Folder;
        }
        catch (HubException exception)
        {
            throw new VerbException($"{exception.Message} (nor is there a folder {model})");
        }
    }
}
