using System.Runtime.InteropServices;

namespace Distributed.Worker.Hosting;

/// <summary>
/// Ties a worker's life to whoever started it. With a lifeline, the pipe on standard input stays open as long as that process lives, however it dies:
/// at its end this process ends at once. SIGINT, which a terminal sends to all processes of a command, is then left to the launcher.
/// </summary>
internal sealed class Lifeline : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly List<PosixSignalRegistration> _signals = [];

    private Lifeline()
    {
    }

    /// <summary>Cancelled when this process shall end: on SIGTERM, and on SIGINT without a lifeline.</summary>
    public CancellationToken Ended => _ended.Token;

    public static Lifeline Attach(bool hasLifeline)
    {
        var lifeline = new Lifeline();
        lifeline._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, lifeline.End));
        lifeline._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            if (!hasLifeline)
                lifeline._ended.Cancel();
        }));
        if (hasLifeline)
            new Thread(ExitAtEndOfInput) { IsBackground = true, Name = "lifeline" }.Start();
        return lifeline;
    }

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _ended.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
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
