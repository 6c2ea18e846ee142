using System.Runtime.InteropServices;

namespace Distributed.Worker.Hosting;

/// <summary>
/// Ties a worker's life to whoever started it. With a lifeline, the pipe on standard input stays open as long as that process lives, however it dies:
/// at its end this process ends at once. SIGINT, which a terminal sends to all processes of a command, is then left to the launcher.
/// </summary>
internal sealed class Lifeline : IDisposable
{
    private readonly bool _hasLifeline;
    private readonly CancellationTokenSource _ended = new();
    private readonly List<PosixSignalRegistration> _signals = [];

    private PosixSignal? _signal;

    private Lifeline(bool hasLifeline) => _hasLifeline = hasLifeline;

    /// <summary>Cancelled when this process shall end: on SIGTERM, and on SIGINT without a lifeline.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The signal that <see cref="Ended"/> was cancelled by; null before it.</summary>
    public PosixSignal? Signal => _signal;

    /// <summary>Exit code of a process that <see cref="Signal"/> ended.</summary>
    public int ExitCode => Signal is PosixSignal.SIGINT ? ExitCodes.Interrupted : ExitCodes.Terminated;

    public static Lifeline Attach(bool hasLifeline)
    {
        var lifeline = new Lifeline(hasLifeline);
        lifeline._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, lifeline.Receive));
        lifeline._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, lifeline.Receive));
        if (hasLifeline)
            new Thread(ExitAtEndOfInput) { IsBackground = true, Name = "lifeline" }.Start();
        return lifeline;
    }

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _ended.Dispose();
    }

    /// <summary>Takes a signal, in place of the runtime.</summary>
    internal void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_hasLifeline && context.Signal is PosixSignal.SIGINT)
            return;
        _signal ??= context.Signal;
        _ended.Cancel();
    }

    // A thread of its own: it must end the process even while every pool thread computes.
    private static void ExitAtEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (input.Read(buffer) > 0)
        {
        }

        Environment.Exit(ExitCodes.Failed);
    }
}
