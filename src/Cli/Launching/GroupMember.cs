using System.Collections.Concurrent;

namespace Distributed.Cli.Launching;

/// <summary>One of the processes that share a command.</summary>
internal sealed class GroupMember : IAsyncDisposable
{
    private const string ProgressMark = "progress ";

    private readonly ChildProcess _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _errors = [];

    /// <param name="rank">Its place.</param>
    /// <param name="command">What to start.</param>
    /// <param name="progress">Gets its progress.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public GroupMember(int rank, ChildCommand command, GroupProgressLine progress)
    {
        Rank = rank;
        _process = ChildProcess.Start(command, _output.Enqueue, line => OnError(line, progress));
        End = _process.WaitAsync();
    }

    /// <summary>Its place.</summary>
    public int Rank { get; }

    /// <summary>Its exit code; 128 + the signal's number when a signal ended it.</summary>
    public Task<int> End { get; }

    /// <summary>What it wrote.</summary>
    public IEnumerable<string> Output => _output;

    /// <summary>What it complained of.</summary>
    public IEnumerable<string> Errors => _errors;

    /// <summary>Asks it to end.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>Kills it.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await End;
    }

    private void OnError(string line, GroupProgressLine progress)
    {
        if (line.StartsWith(ProgressMark, StringComparison.Ordinal))
            progress.Report(Rank, line[ProgressMark.Length..]);
        else if (line.Length > 0)
            _errors.Enqueue(line);
    }
}
