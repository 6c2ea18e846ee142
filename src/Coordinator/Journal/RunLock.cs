namespace Distributed.Coordinator.Journal;

/// <summary>Held for the life of a coordinator, so that two never share a run folder.
/// The kernel lets go of it when the process ends, however it ends.</summary>
internal sealed class RunLock : IDisposable
{
    private const string FileName = "coordinator.lock";

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of a run folder that exists.</summary>
    /// <exception cref="JournalException">Another coordinator holds it, or the folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) here.
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new JournalException($"{folder}: another coordinator runs in this folder; wait for its end or give another output folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{folder}: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
