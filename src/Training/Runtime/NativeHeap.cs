using System.Buffers.Text;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Training.Runtime;

/// <summary>
/// The C library's heap under thousands of operators: a freed tensor leaves a hole that is a few bytes too small for the next one of its size, so that the heap
/// creeps upwards while what lives in it does not. The holes are given back to the system when the process has grown by a step; what is in use stays where it is.
/// </summary>
internal static partial class NativeHeap
{
    private const long Step = 16 << 20; // bytes

    private static readonly SafeFileHandle Statistics = File.OpenHandle("/proc/self/statm");
    private static long _floor = long.MaxValue;

    /// <summary>Gives back what is free, if the process has grown by <see cref="Step"/> since the last time. Cheap otherwise: to be called after every micro-batch.</summary>
    public static void TrimIfGrown()
    {
        var resident = ResidentBytes();
        if (resident < _floor)
            _floor = resident;
        if (resident - _floor < Step)
            return;
        _ = Trim(0);
        _floor = ResidentBytes();
    }

    // The second number of statm, in pages.
    private static long ResidentBytes()
    {
        Span<byte> text = stackalloc byte[128];
        ReadOnlySpan<byte> numbers = text[..RandomAccess.Read(Statistics, text, 0)];
        var resident = numbers[(numbers.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(resident, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
