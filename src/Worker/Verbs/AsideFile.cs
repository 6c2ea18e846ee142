using Distributed.Data.Files;

namespace Distributed.Worker.Verbs;

/// <summary>A file that is written beside its place and appears, complete and durable, on <see cref="Commit"/>; without it nothing is left.</summary>
internal sealed class AsideFile : IDisposable
{
    private readonly string _path;
    private readonly string _aside;

    /// <summary>Begins to write.</summary>
    /// <exception cref="IOException">The folder is missing, or cannot be written to.</exception>
    public AsideFile(string path)
    {
        _path = Path.GetFullPath(path);
        _aside = $"{_path}.{Environment.ProcessId}.partial";
        if (!Directory.Exists(Path.GetDirectoryName(_path)))
            throw new DirectoryNotFoundException($"{path}: there is no such folder");
        Stream = new FileStream(_aside, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
    }

    /// <summary>Its content.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes it durable and gives it its name.</summary>
    public void Commit()
    {
        Stream.Dispose();
        Durable.SyncFile(_aside);
        File.Move(_aside, _path, overwrite: true);
        Durable.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Closing flushes, which can fail again where writing has failed; the file is going away in any case.
        if (File.Exists(_aside))
            File.Delete(_aside);
        Stream.Dispose();
    }
}
