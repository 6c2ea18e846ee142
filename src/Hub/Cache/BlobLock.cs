namespace Distributed.Hub.Cache;

/// <summary>
/// Keeps other processes, Python's among them, from fetching the same content. It is flock's: the kernel drops it with the process, however that ends.
/// </summary>
internal sealed class BlobLock : IDisposable
{
    /// <summary>EWOULDBLOCK.</summary>
    private const int HeldByAnother = 11;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private BlobLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, when whoever has it is done.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task<BlobLock> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static BlobLock? TryTake(string path)
    {
        try
        {
            return new BlobLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult == HeldByAnother)
        {
            return null;
        }
    }
}
