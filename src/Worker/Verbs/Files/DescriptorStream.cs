using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Worker.Verbs.Files;

/// <summary>
/// Writes to a descriptor, where it stands, as libc does. .NET's own stream of the console passes over a reader that has gone, so that a command would work on for
/// nobody; its FileStream does not move on a descriptor that is shared with other programs.
/// </summary>
/// <param name="descriptor">Where to write; it stays the caller's.</param>
internal sealed partial class DescriptorStream(SafeHandle descriptor) : Stream
{
    private const int StandardOutput = 1;
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN, of Linux
    private const int BrokenPipe = 32; // EPIPE; .NET ignores the signal that comes with it
    private const short Writable = 4; // POLLOUT

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Standard output.</summary>
    public static Stream OpenStandardOutput() =>
        OperatingSystem.IsLinux() ? new DescriptorStream(new SafeFileHandle(StandardOutput, ownsHandle: false)) : Console.OpenStandardOutput();

    /// <inheritdoc/>
    /// <exception cref="ReaderGoneException">Nobody reads it any more.</exception>
    /// <exception cref="IOException">It cannot be written; the message has the system's reason.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = Write(descriptor, in MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else
                AwaitOrThrow(Marshal.GetLastPInvokeError());
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is held back.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void AwaitOrThrow(int error)
    {
        switch (error)
        {
            case Interrupted:
                return;
            case TryAgain: // another program has made the pipe one that does not wait
                var room = new PollEntry { Descriptor = (int)descriptor.DangerousGetHandle(), Events = Writable };
                _ = Poll(ref room, 1, -1);
                return;
            case BrokenPipe:
                throw new ReaderGoneException();
            default:
                throw new IOException($"standard output: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(SafeHandle descriptor, in byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
