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
    private const long FirstStep = 16 << 20; // bytes

    private static readonly SafeFileHandle Statistics = File.OpenHandle("/proc/self/statm");
    private static readonly Lock Gate = new();

    private static long _level = long.MaxValue; // what the process holds between micro-batches, the least seen since the last time
    private static long _step = FirstStep;
    private static long? _before; // what it held before the last time, until the next look

    /// <summary>
    /// Gives back what is free, if the process has grown by a step. A micro-batch needs its memory again: where little stays free after one, the step doubles, so
    /// that a heap without holes is soon left alone. Cheap: to be called after every micro-batch. Thread-safe.
    /// </summary>
    public static void TrimIfGrown()
    {
        lock (Gate)
        {
            var resident = ResidentBytes();
            if (_before is { } before)
            {
                if (resident > before - (_step / 2))
                    _step *= 2;
                (_level, _before) = (resident, null);
                return;
            }

            _level = Math.Min(_level, resident);
            if (resident - _level < _step)
                return;
            _ = Trim(0);
            _before = resident;
        }
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
