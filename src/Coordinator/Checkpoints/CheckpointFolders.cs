namespace Distributed.Coordinator.Checkpoints;

/// <summary>Where the checkpoints of a run lie. The journal knows them by name, so that a run folder can be moved or copied.</summary>
/// <param name="root">The folder that holds them, absolute.</param>
/// <param name="exists">Whether a folder is there.</param>
internal sealed class CheckpointFolders(string root, Func<string, bool> exists)
{
    /// <summary>The folder that holds them.</summary>
    public string Root => root;

    /// <summary>Name of the checkpoint in <paramref name="folder"/>: the last part of the path.</summary>
    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));

    /// <summary>Where a checkpoint of this name is, or would be.</summary>
    public string PathOf(string name) => Path.Combine(root, name);

    /// <summary>Folder of a checkpoint; null: it is not there.</summary>
    public string? Find(string name) => PathOf(name) is var folder && exists(folder) ? folder : null;
}
