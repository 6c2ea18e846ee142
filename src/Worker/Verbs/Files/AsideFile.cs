using Distributed.Data.Files;

namespace Distributed.Worker.Verbs.Files;

/// <summary>
/// A file that appears, complete and durable, on <see cref="Commit"/>; without it nothing is left. Until then it has no name, so that even a killed process
/// leaves none; on file systems that have no such files it is written beside its place.
/// </summary>
internal sealed class AsideFile : IDisposable
{
    private readonly string _path;
    private readonly string _aside;
    private readonly bool _isUnnamed;

    /// <summary>Begins to write.</summary>
    /// <exception cref="IOException">The folder is missing, or cannot be written to.</exception>
    public AsideFile(string path)
    {
        Name = path;
        _path = Path.GetFullPath(path);
        _aside = $"{_path}.{Environment.ProcessId}.partial";
        var folder = Path.GetDirectoryName(_path);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{path}: there is no such folder");
        var unnamed = UnnamedFile.TryOpen(folder);
        _isUnnamed = unnamed is not null;
        Stream = unnamed ?? Named();
    }

    /// <summary>The file, as the user calls it.</summary>
    public string Name { get; }

    /// <summary>Its content.</summary>
    public FileStream Stream { get; }

    /// <summary>What a failure to write is for the user, who knows nothing of the file beside the one that was asked for.</summary>
    public IOException CannotWrite(Exception exception)
    {
        // The system's reason stands before the path, or in the exception below.
        var reason = exception.InnerException?.Message ?? exception.Message;
        var path = reason.IndexOf(" : '", StringComparison.Ordinal);
        return new IOException($"{Name}: cannot be written: {(path < 0 ? reason : reason[..path]).Replace(_aside, _path, StringComparison.Ordinal)}", exception);
    }

    /// <summary>Makes it durable and gives it its name.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    public void Commit()
    {
        try
        {
            Publish();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (File.Exists(_aside))
            File.Delete(_aside);
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // Closing flushes, which fails again where writing has failed; that was said, and the file is going away in any case.
        }
    }

    private FileStream Named()
    {
        try
        {
            return new FileStream(_aside, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(exception);
        }
    }

    private void Publish()
    {
        if (_isUnnamed)
        {
            File.Delete(_aside); // of a process that had this one's number
            UnnamedFile.Name(Stream, _aside);
            Stream.Dispose();
        }
        else
        {
            Stream.Dispose();
            Durable.SyncFile(_aside);
        }

        File.Move(_aside, _path, overwrite: true);
        Durable.SyncDirectory(Path.GetDirectoryName(_path)!);
    }
}
