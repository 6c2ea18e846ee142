namespace Distributed.Cli.Output;

/// <summary>Keeps a second launcher out of a run's folder. The kernel drops it with the process, however that ends.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string FileName = "launcher.lock";

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the folder; null when another launcher has it.</summary>
    public static RunLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
