using System.Collections.Concurrent;

namespace Distributed.Cli.Output;

/// <summary>The log files of a run: one a process, CLEF, added to from one start to the next.</summary>
internal sealed class RunLogs(string folder) : IDisposable
{
    private readonly ConcurrentDictionary<string, StreamWriter> _writers = new(StringComparer.Ordinal);

    /// <summary>Adds a line to the log of <paramref name="name"/>.</summary>
    public void Write(string name, string line)
    {
        var writer = _writers.GetOrAdd(name, Open);
        lock (writer)
        {
            try
            {
                writer.WriteLine(line);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // A full disk must not end the run for the sake of its log; the display has the line, too.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var writer in _writers.Values)
        {
            lock (writer)
            {
                try
                {
                    writer.Dispose();
                }
                catch (IOException)
                {
                    // As in Write.
                }
            }
        }
    }

    private StreamWriter Open(string name)
    {
        Directory.CreateDirectory(folder);
        var stream = new FileStream(Path.Combine(folder, name + ".clef"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        return new StreamWriter(stream) { AutoFlush = true };
    }
}
