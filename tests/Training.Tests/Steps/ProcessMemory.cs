using System.Globalization;
using System.Runtime.InteropServices;

namespace Distributed.Training.Tests.Steps;

/// <summary>What this process holds in memory, as Linux counts it.</summary>
internal static partial class ProcessMemory
{
    /// <summary>Bytes by which <paramref name="work"/> exceeds, at its peak, what was held before it. What the allocator keeps for later is given back first.</summary>
    public static long PeakOf(Action work)
    {
        _ = MallocTrim(0);
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak starts anew from here
        var before = Read("VmRSS:");
        work();
        return Read("VmHWM:") - before;
    }

    private static long Read(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) << 10;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint pad);
}
