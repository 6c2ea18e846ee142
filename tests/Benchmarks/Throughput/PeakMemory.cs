using System.Globalization;

namespace Distributed.Benchmarks.Throughput;

/// <summary>Most memory this process has held: VmHWM of Linux.</summary>
internal static class PeakMemory
{
    private const string Field = "VmHWM:";

    /// <summary>The peak so far.</summary>
    public static long Bytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Field.Length).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) << 10;
    }
}
