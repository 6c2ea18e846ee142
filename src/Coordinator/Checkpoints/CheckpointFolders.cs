namespace Distributed.Coordinator.Checkpoints;

/// <summary>Where the checkpoints of a run lie. The journal knows them by name, so that a run folder can be moved or copied.</summary>
/// <param name="root">The folder that holds them, absolute.</param>
/// <param name="exists">Whether a folder is there.</param>
internal sealed class CheckpointFolders(string root, Func<string, bool> exists)
{
    private readonly SortedSet<string> _damaged = new(StringComparer.Ordinal);

    /// <summary>The folder that holds them.</summary>
    public string Root => root;

    /// <summary>Names of those that are not to be tried again, in order.</summary>
    public IReadOnlyCollection<string> Damaged => _damaged;

    /// <summary>Name of the checkpoint in <paramref name="folder"/>: the last part of the path.</summary>
    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));

    /// <summary>Where a checkpoint of this name is, or would be.</summary>
    public string PathOf(string name) => Path.Combine(root, name);

    /// <summary>Folder of a checkpoint; null: it is not there, or damaged.</summary>
    public string? Find(string name) => !_damaged.Contains(name) && PathOf(name) is var folder && exists(folder) ? folder : null;

    /// <summary>A checkpoint turned out to be damaged: until it is sealed anew it is not found any more.</summary>
    /// <returns>Whether that is news.</returns>
    public bool PassOver(string name) => _damaged.Add(name);

    /// <summary>A checkpoint of this name is sealed.</summary>
    public void Admit(string name) => _damaged.Remove(name);
}
