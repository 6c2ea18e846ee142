using System.Globalization;
using Distributed.Data.Files;

namespace Distributed.Training.Checkpoints;

/// <summary>
/// Writes checkpoints, a folder each: model, optimizer state and cross-batch memories as safetensors, then the manifest, in a folder aside; all synced, then renamed to
/// <c>step-00000300</c>. A folder of that name is therefore complete. Not thread-safe.
/// </summary>
public sealed class CheckpointWriter
{
    private const string Prefix = "step-";
    private const string Aside = ".aside-";

    private readonly string _root;
    private readonly int _keep;
    private readonly CheckpointTensors _tensors;

    /// <summary>A writer of one run's checkpoints.</summary>
    /// <param name="root">Folder that holds the checkpoints.</param>
    /// <param name="keep">Sealed checkpoints that are kept, the one written last and those before it; at least 1.</param>
    public CheckpointWriter(string root, int keep)
        : this(root, keep, CheckpointTensors.DefaultWindowBytes)
    {
    }

    internal CheckpointWriter(string root, int keep, int windowBytes) =>
        (_root, _keep, _tensors) = (Path.GetFullPath(root), keep, new CheckpointTensors(windowBytes));

    /// <summary>Writes one state; it is on the disk when this returns. Other checkpoints over the limit are removed.</summary>
    /// <param name="state">Not changed.</param>
    /// <exception cref="CheckpointException">It cannot be written; nothing of it is left behind.</exception>
    public SealedCheckpoint Write(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);

        string target = FolderOf(state.StepsDecided);
        string aside = Path.Combine(_root, Aside + Guid.NewGuid().ToString("N"));
        try
        {
            CreateRoot();
            Directory.CreateDirectory(aside);
            string sha256 = WriteFiles(aside, state);
            Place(aside, target, sha256);
            Prune(target);
            return new SealedCheckpoint(state.StepsDecided, target, sha256);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(target, $"cannot write the checkpoint: {e.Message}", e);
        }
        finally
        {
            DeleteIfThere(aside);
        }
    }

    private string FolderOf(long stepsDecided) => Path.Combine(_root, Prefix + stepsDecided.ToString("00000000", CultureInfo.InvariantCulture));

    private void CreateRoot()
    {
        Directory.CreateDirectory(_root);
        Durable.SyncDirectory(Path.GetDirectoryName(_root)!);
        foreach (string left in Directory.EnumerateDirectories(_root, Aside + "*"))
            DeleteIfThere(left);
    }

    private string WriteFiles(string folder, TrainingState state)
    {
        var files = CheckpointTensors.Files(state.Layout)
            .Select(file => CheckpointFile.Write(folder, file.Name, stream => _tensors.Write(stream, state, file.Places)));
        var manifest = new CheckpointManifest(CheckpointManifest.CurrentFormat, state.StepsDecided, state.StepsApplied, [.. files]);
        string sha256 = manifest.Write(folder);
        Durable.SyncDirectory(folder);
        return sha256;
    }

    /// <summary>Gives the folder its name. What has that name already is kept if it is the same, which it is when a step was computed again.</summary>
    private void Place(string aside, string target, string sha256)
    {
        if (Directory.Exists(target))
        {
            if (IsSealed(target, sha256))
                return;
            Remove(target);
        }
        Directory.Move(aside, target);
        Durable.SyncDirectory(_root);
    }

    private static bool IsSealed(string folder, string sha256)
    {
        try
        {
            return CheckpointManifest.ReadVerified(folder, CancellationToken.None).Sha256 == sha256;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    /// <summary>Removes what is over the limit: first what lies beyond the newest, a future that was given up when the run went back, then the oldest.</summary>
    private void Prune(string newest)
    {
        var old = Directory.EnumerateDirectories(_root, Prefix + "*")
            .OrderBy(folder => string.CompareOrdinal(folder, newest) > 0)
            .ThenByDescending(folder => folder, StringComparer.Ordinal)
            .Skip(_keep)
            .ToList();
        foreach (string folder in old)
            Remove(folder);
    }

    /// <summary>Renames first: a folder with a checkpoint's name is never half deleted.</summary>
    private void Remove(string folder)
    {
        string aside = Path.Combine(_root, Aside + Guid.NewGuid().ToString("N"));
        Directory.Move(folder, aside);
        Durable.SyncDirectory(_root);
        DeleteIfThere(aside);
    }

    private static void DeleteIfThere(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // It is not a checkpoint by its name, and the next one to be written removes it.
        }
    }
}
