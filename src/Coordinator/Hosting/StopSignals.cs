using System.Runtime.InteropServices;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Hosting;

/// <summary>The ways in which a person or a parent process asks a run to stop.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly RunLoop _loop;
    private readonly bool _hasLifeline;
    private readonly List<PosixSignalRegistration> _registrations = [];

    private StopSignals(RunLoop loop, bool hasLifeline)
    {
        _loop = loop;
        _hasLifeline = hasLifeline;
    }

    /// <summary>Listens to SIGTERM and SIGINT, or with a lifeline to standard input in SIGINT's place.</summary>
    public static StopSignals Attach(RunLoop loop, bool hasLifeline)
    {
        var signals = new StopSignals(loop, hasLifeline);
        signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signals.OnSignal));
        signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, signals.OnSignal));
        return signals;
    }

    /// <summary>Reads the lifeline until it closes: `stop` asks for a clean stop, the end abandons the run. Returns at once without a lifeline.</summary>
    public async Task ReadLifelineAsync(TextReader input, CancellationToken cancellationToken)
    {
        if (!_hasLifeline)
            return;

        try
        {
            while (await input.ReadLineAsync(cancellationToken) is { } line)
                if (line.Trim() == "stop")
                    await _loop.PostAsync(new StopRequested("the launcher"), cancellationToken);
            await _loop.PostAsync(new Abandoned("abandoned: the launcher is gone"), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_hasLifeline || context.Signal is not PosixSignal.SIGINT)
            _loop.Ask(new StopRequested(context.Signal.ToString()));
    }
}
