using System.ComponentModel;
using System.Diagnostics;

namespace Distributed.Cli.Launching;

/// <summary>One life of a child: its output is read line by line, and its standard input is its lifeline.</summary>
/// <remarks>The write end of the pipe to its standard input is open as long as this process lives. However this process ends, the kernel
/// closes it, and a child started with `--lifeline` ends itself. Disposing kills what still runs.</remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _pumps;

    private ChildProcess(Process process, Action<string> onOutput, Action<string> onError)
    {
        _process = process;
        Pid = process.Id;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, onOutput), PumpAsync(process.StandardError, onError));
    }

    /// <summary>Process id.</summary>
    public int Pid { get; }

    /// <summary>Starts <paramref name="command"/>. The callbacks get complete lines, each from one thread at a time.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static ChildProcess Start(ChildCommand command, Action<string> onOutput, Action<string> onError)
    {
        var start = new ProcessStartInfo(command.File, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new Win32Exception($"{command.File} did not start");
        return new ChildProcess(process, onOutput, onError);
    }

    /// <summary>Writes a line to its standard input; nothing happens when it no longer reads.</summary>
    public void Say(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It ended, or its lifeline is cut already: there is nobody to tell.
        }
    }

    /// <summary>Closes its standard input, which tells it to end itself.</summary>
    public void CutLifeline()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The pipe is broken: it ended already.
        }
    }

    /// <summary>Asks it to end: SIGTERM.</summary>
    public void Terminate()
    {
        // Not yet waited for, so that its number still is its own.
        if (!_process.HasExited)
            ProcessSignal.Send(Pid, ProcessSignal.Terminate);
    }

    /// <summary>Kills it, whatever it is doing.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended already.
        }
    }

    /// <summary>Waits for its end and for the last line it wrote; 128 + the signal's number when a signal ended it.</summary>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        // A grandchild may hold the pipes open: the lines that are there are read, then nobody waits.
        await Task.WhenAny(_pumps, Task.Delay(DrainLimit, CancellationToken.None));
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> onLine)
    {
        try
        {
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
                onLine(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe went with its process.
        }
    }
}
