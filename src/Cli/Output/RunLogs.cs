namespace Distributed.Cli.Output;

/// <summary>The log files of a run: one a process, CLEF, added to from one start to the next.</summary>
/// <remarks>A file that cannot be written must not end the run for the sake of its log: the display has the line, too.</remarks>
internal sealed class RunLogs(string folder) : IDisposable
{
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<string, StreamWriter> _writers = new(StringComparer.Ordinal);

    /// <summary>Adds a line to the log of <paramref name="name"/>.</summary>
    public void Write(string name, string line)
    {
        lock (_gate)
        {
            try
            {
                if (!_writers.TryGetValue(name, out var writer))
                    _writers[name] = writer = Open(name);
                writer.WriteLine(line);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // As the remarks say.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var writer in _writers.Values)
            {
                try
                {
                    writer.Dispose();
                }
                catch (IOException)
                {
                    // As the remarks say.
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
