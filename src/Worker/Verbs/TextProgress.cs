using System.Globalization;

namespace Distributed.Worker.Verbs;

/// <summary>A line on standard error that counts texts, four times a second, where standard error is a terminal; elsewhere nothing.</summary>
internal sealed class TextProgress(string verb, TimeProvider time) : IProgress<int>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly long _started = time.GetTimestamp();
    private long _shown = time.GetTimestamp();
    private long _texts;

    /// <inheritdoc/>
    public void Report(int value)
    {
        _texts += value;
        if (!_isTerminal || time.GetElapsedTime(_shown) < Interval)
            return;
        _shown = time.GetTimestamp();
        Show();
    }

    /// <summary>Leaves the last count on the terminal.</summary>
    public void Dispose()
    {
        if (!_isTerminal || _texts == 0)
            return;
        Show();
        Console.Error.WriteLine();
    }

    private void Show()
    {
        var seconds = Math.Max(time.GetElapsedTime(_started).TotalSeconds, 1e-3);
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{_texts:N0} texts {verb}, {_texts / seconds:N0} texts/s "));
    }
}
