using System.Globalization;

namespace Distributed.Worker.Verbs.Groups;

/// <summary>
/// Tells the launcher how far this process is, at most four times a second, in lines of standard error: `progress NAME DONE TOTAL`. DONE is this
/// process's part of TOTAL, which is that of all.
/// </summary>
internal sealed class GroupProgress(string name, long total, TextWriter output, TimeProvider time) : IProgress<int>, IProgress<long>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    private long _told = time.GetTimestamp();
    private long _done;

    /// <inheritdoc/>
    public void Report(int value) => Report((long)value);

    /// <inheritdoc/>
    public void Report(long value)
    {
        _done += value;
        if (time.GetElapsedTime(_told) < Interval)
            return;
        _told = time.GetTimestamp();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"progress {name} {_done} {total}"));
    }
}
