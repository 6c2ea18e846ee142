using System.Runtime.InteropServices;
using Distributed.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Worker.Verbs.Files;

/// <summary>
/// A file that has no name while it is written (Linux's O_TMPFILE): whatever ends the process, the kernel takes it away. Some file systems have none such.
/// </summary>
internal static partial class UnnamedFile
{
    private const int OpenFlags = 0x410000 | 0x80000 | 2; // O_TMPFILE | O_CLOEXEC | O_RDWR
    private const int Mode = 0x1B6; // rw for all, less the umask
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int FollowLink = 0x400; // AT_SYMLINK_FOLLOW

    /// <summary>Opens one on a folder's file system; null where there is none such, or the folder cannot be written to.</summary>
    public static FileStream? TryOpen(string folder)
    {
        if (!Directory.Exists("/proc/self/fd"))
            return null;
        var descriptor = Open(folder, OpenFlags, Mode);
        return descriptor < 0 ? null : new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, 1 << 16);
    }

    /// <summary>Makes it durable and gives it a name that no file has.</summary>
    /// <exception cref="IOException">It cannot be done; the message has the system's reason.</exception>
    public static void Name(FileStream file, string path)
    {
        file.Flush();
        var self = $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}";
        Durable.SyncFile(self);
        if (Link(CurrentFolder, self, CurrentFolder, path, FollowLink) < 0)
            throw new IOException($"cannot name {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(int fromFolder, string from, int toFolder, string to, int flags);
}
