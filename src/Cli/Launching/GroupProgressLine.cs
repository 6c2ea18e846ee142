using System.Globalization;

namespace Distributed.Cli.Launching;

/// <summary>How far processes are that share a command, on one line of a terminal; nothing where there is none.</summary>
/// <param name="terminal">Where the line stands; null: no terminal.</param>
internal sealed class GroupProgressLine(TextWriter? terminal)
{
    private const string EraseLine = "\r\e[K";

    // Output of several children, under the lock.
    private readonly Lock _gate = new();
    private readonly List<string> _names = [];
    private readonly Dictionary<(string Name, int Rank), long> _done = [];
    private readonly Dictionary<string, long> _totals = [];
    private bool _isShown;

    /// <summary>Takes what a process says: name, its own part, and the total of all.</summary>
    public void Report(int rank, string report)
    {
        if (report.Split(' ') is not [var name, var doneText, var totalText]
            || !long.TryParse(doneText, NumberStyles.None, CultureInfo.InvariantCulture, out var done)
            || !long.TryParse(totalText, NumberStyles.None, CultureInfo.InvariantCulture, out var total))
            return;
        lock (_gate)
        {
            if (_totals.TryAdd(name, total))
                _names.Add(name);
            _done[(name, rank)] = done;
            Show();
        }
    }

    /// <summary>Takes the line away.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_isShown)
                terminal?.Write(EraseLine);
            _isShown = false;
        }
    }

    private void Show()
    {
        if (terminal is null)
            return;
        terminal.Write($"\r{string.Join(", ", _names.Select(Text))} ");
        _isShown = true;
    }

    private string Text(string name)
    {
        var done = _done.Where(pair => pair.Key.Name == name).Sum(pair => pair.Value);
        return string.Create(CultureInfo.InvariantCulture, $"{name} {100.0 * done / Math.Max(1, _totals[name]):F0} %");
    }
}
