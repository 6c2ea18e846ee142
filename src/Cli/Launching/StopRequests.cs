using System.Runtime.InteropServices;

namespace Distributed.Cli.Launching;

/// <summary>Requests to end a run: the first asks for a clean stop, the second ends it at once.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly TaskCompletionSource _polite = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _atOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];

    /// <summary>Completes with the first request.</summary>
    public Task Polite => _polite.Task;

    /// <summary>Completes when it is to end at once.</summary>
    public Task AtOnce => _atOnce.Task;

    /// <summary>Requests made by Ctrl-C and SIGTERM, until this is disposed.</summary>
    public static StopRequests FromSignals()
    {
        var requests = new StopRequests();
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            requests._signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                requests.Request();
            }));
        return requests;
    }

    /// <summary>Makes a request.</summary>
    public void Request()
    {
        if (!_polite.TrySetResult())
            _atOnce.TrySetResult();
    }

    /// <summary>Makes the second request, whether there was a first or not.</summary>
    public void RequestAtOnce() => _atOnce.TrySetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }
}
