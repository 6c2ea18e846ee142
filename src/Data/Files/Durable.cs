using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Data.Files;

/// <summary>
/// Writes that are on the disk when the call returns, or an exception. Syncs through libc: .NET 10 passes over failures of fsync
/// (seen with `FileStream.Flush(true)` and `RandomAccess.FlushToDisk`, which did not throw on EIO and ENOSPC).
/// </summary>
public static partial class Durable
{
    /// <summary>EINTR.</summary>
    private const int Interrupted = 4;

    /// <summary>O_RDONLY | O_CLOEXEC.</summary>
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>
    /// Makes <paramref name="path"/> hold exactly <paramref name="content"/>: a reader, and the disk after a power loss, has the old content or the
    /// new, never a part. Writes beside it, to `path.partial`, and renames. One writer at a time for a path.
    /// </summary>
    /// <exception cref="IOException">Nothing was changed, or the change may not be durable; the message has the system's reason.</exception>
    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        var partial = target + ".partial";
        try
        {
            WriteAndSync(partial, content);
            File.Move(partial, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            DeleteIfPossible(partial);
            throw exception is IOException ? exception : new IOException(exception.Message, exception);
        }
        SyncDirectory(Path.GetDirectoryName(target)!);
    }

    /// <summary>Waits until the content of an existing file is on the disk.</summary>
    /// <exception cref="IOException">It may not be; the message has the system's reason.</exception>
    public static void SyncFile(string path) => Sync(path);

    /// <summary>Waits until the names in a folder (files created, renamed, deleted) are on the disk.</summary>
    /// <exception cref="IOException">They may not be; the message has the system's reason.</exception>
    public static void SyncDirectory(string path) => Sync(path);

    private static void WriteAndSync(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
        RandomAccess.Write(file, content, fileOffset: 0);
        Sync(file, path);
    }

    private static void Sync(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new SafeFileHandle(Retry(() => Open(path, ReadOnlyCloseOnExec), "open", path), ownsHandle: true);
        Sync(file, path);
    }

    private static void Sync(SafeFileHandle file, string path) => Retry(() => Fsync(file), "sync", path);

    private static int Retry(Func<int> call, string verb, string path)
    {
        while (true)
        {
            var result = call();
            if (result >= 0)
                return result;
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw new IOException($"cannot {verb} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What made the write fail is what the caller has to hear of.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle file);
}
