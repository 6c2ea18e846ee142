using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Distributed.Integration.Tests;

/// <summary>A real `distributed train` with its real coordinator and workers.</summary>
internal sealed partial class TrainingProcess : IAsyncDisposable
{
    public const int Kill = 9;
    public const int Interrupt = 2;
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly string _output;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;

    private TrainingProcess(Process process, string output)
    {
        _process = process;
        _output = output;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Everything that was said so far.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Starts the job with its output in <paramref name="run"/>.</summary>
    public static TrainingProcess Start(RunUnderTest run, params IEnumerable<string> more) =>
        new(Process.Start(Programs.Start("Cli", "distributed.dll", ["train", run.JobFile, .. more]))!, run.Output);

    /// <summary>Returns when an event with this message template has come, with the step where one is asked for.</summary>
    public async Task<JsonElement> WaitForAsync(string template, Func<JsonElement, bool>? condition = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await foreach (var logged in _events.Reader.ReadAllAsync(limit.Token))
                if (logged.GetProperty("@mt").GetString()!.StartsWith(template, StringComparison.Ordinal) && (condition?.Invoke(logged) ?? true))
                    return logged;
        }
        catch (OperationCanceledException)
        {
            // Reported below, with what was said.
        }

        throw new InvalidOperationException($"\"{template}\" did not come within {Limit}; the run said:\n{Said}");
    }

    /// <summary>Returns when a checkpoint of at least <paramref name="step"/> steps is sealed.</summary>
    public Task WaitForCheckpointAsync(long step) =>
        WaitForAsync("Checkpoint after {Step} steps sealed", logged => logged.GetProperty("Step").GetInt64() >= step);

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return _process.ExitCode;
    }

    public void SignalLauncher(int signal) => Signal(_process.Id, signal);

    public void SignalWorker(int index, int signal) => Signal(Child($"--id worker-{index} "), signal);

    public void SignalCoordinator(int signal) => Signal(Child("Distributed.Coordinator.dll "), signal);

    public void Freeze(int worker) => SignalWorker(worker, StopSignal);

    public static void Thaw(int processId) => Signal(processId, ContinueSignal);

    /// <summary>Process of a worker.</summary>
    public int Worker(int index) => Child($"--id worker-{index} ");

    /// <summary>Processes of this run that are alive, the launcher aside.</summary>
    public int[] Children() => [.. RunProcesses.Of(_output).Where(id => id != _process.Id)];

    public async ValueTask DisposeAsync()
    {
        foreach (var id in RunProcesses.Of(_output).Append(_process.Id))
            _ = SendSignal(id, Kill);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private int Child(string argument) =>
        RunProcesses.Of(_output).Single(id => id != _process.Id && RunProcesses.CommandLine(id).Contains(argument, StringComparison.Ordinal));

    private static void Signal(int processId, int signal) => Assert.Equal(0, SendSignal(processId, signal));

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            if (line.StartsWith('{'))
                _events.Writer.TryWrite(JsonDocument.Parse(line).RootElement);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
