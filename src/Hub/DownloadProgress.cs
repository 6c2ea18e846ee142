using System.Globalization;

namespace Distributed.Hub;

/// <summary>How far a download is, at most four times a second: a line for the launcher, or one on a terminal; nothing elsewhere.</summary>
/// <param name="hasLauncher">Whether a launcher reads <paramref name="error"/>.</param>
/// <param name="error">Standard error.</param>
/// <param name="time">The clock.</param>
public sealed class DownloadProgress(bool hasLauncher, TextWriter error, TimeProvider time) : IProgress<HubProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    private readonly bool _isShown = hasLauncher || !Console.IsErrorRedirected;
    private long _told = time.GetTimestamp();
    private bool _hasLine;

    /// <inheritdoc/>
    public void Report(HubProgress value)
    {
        if (!_isShown || time.GetElapsedTime(_told) < Interval)
            return;
        _told = time.GetTimestamp();
        if (hasLauncher)
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"progress downloaded {value.Bytes} {value.TotalBytes}"));
        else
            error.Write(string.Create(CultureInfo.InvariantCulture, $"\r\e[K{value.Bytes / 1e6:N1} of {value.TotalBytes / 1e6:N1} MB, {value.File} "));
        _hasLine = !hasLauncher;
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_hasLine)
            error.Write("\r\e[K");
    }
}
