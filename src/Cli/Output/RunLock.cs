namespace Distributed.Cli.Output;

/// <summary>Keeps a second launcher out of a run's folder. The kernel drops it with the process, however that ends.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string FileName = "launcher.lock";

    /// <summary>Name of the file that a coordinator holds.</summary>
    public const string CoordinatorFileName = "coordinator.lock";

    private static readonly TimeSpan CoordinatorLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the folder; null when another launcher has it.</summary>
    public static RunLock? TryTake(string folder) => TryTakeFile(Path.Combine(folder, FileName));

    /// <summary>Waits for the end of a coordinator whose launcher was killed a moment ago; false when it does not end.</summary>
    public static async Task<bool> WaitForCoordinatorAsync(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, CoordinatorFileName);
        for (var waited = TimeSpan.Zero; waited < CoordinatorLimit; waited += PollInterval)
        {
            using var held = File.Exists(path) ? TryTakeFile(path) : null;
            if (held is not null || !File.Exists(path))
                return true;
            await Task.Delay(PollInterval, time, CancellationToken.None);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static RunLock? TryTakeFile(string path)
    {
        try
        {
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
