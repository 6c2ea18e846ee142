using System.Runtime.InteropServices;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Hosting;

/// <summary>The ways in which a person or a parent process asks a run to stop.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly bool _hasLifeline;
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>With a lifeline, SIGINT is left to the launcher from here on.</summary>
    public StopSignals(bool hasLifeline)
    {
        _hasLifeline = hasLifeline;
        if (hasLifeline)
            Register(PosixSignal.SIGINT, _ => { });
    }

    /// <summary>From here on SIGTERM, and without a lifeline SIGINT, ask the run to stop; until then they end the process.</summary>
    public void Attach(RunLoop loop)
    {
        Register(PosixSignal.SIGTERM, signal => loop.Ask(new StopRequested(signal.ToString())));
        if (!_hasLifeline)
            Register(PosixSignal.SIGINT, signal => loop.Ask(new StopRequested(signal.ToString())));
    }

    /// <summary>Reads the lifeline until it closes: `stop` asks for a clean stop, the end abandons the run. Returns at once without a lifeline.</summary>
    public async Task ReadLifelineAsync(RunLoop loop, TextReader input, CancellationToken cancellationToken)
    {
        if (!_hasLifeline)
            return;

        try
        {
            while (await input.ReadLineAsync(cancellationToken) is { } line)
                if (line.Trim() == "stop")
                    await loop.PostAsync(new StopRequested("the launcher"), cancellationToken);
            await loop.PostAsync(new Abandoned("abandoned: the launcher is gone"), cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void Register(PosixSignal signal, Action<PosixSignal> handle) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            handle(context.Signal);
        }));
}
