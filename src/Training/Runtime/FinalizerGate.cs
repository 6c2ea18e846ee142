using System.Runtime.CompilerServices;

namespace Distributed.Training.Runtime;

/// <summary>
/// Keeps finalizers out of numeric code. TorchSharp passes a Scalar's native handle to libtorch and holds the Scalar itself no longer, so a garbage collection
/// in that moment lets the finalizer free it under the running operator: a wrong number, or an exception, once in many thousand steps. While a
/// section is open, the process's finalizer thread waits; between sections, and where a section says so, it catches up.
/// </summary>
/// <remarks>
/// The finalizer thread takes dead objects one after another. A section begins by letting an object die whose finalizer blocks, and goes on when
/// that finalizer has been reached: from then on no other one can run. Do not call GC.WaitForPendingFinalizers inside a section, but <see cref="CatchUp"/>.
/// </remarks>
public static class FinalizerGate
{
    // A finalizer elsewhere that does not end must not stop training; without the gate the race is as rare as it was.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Lock Sync = new();

    // Guarded by Sync.
    private static int _sections;
    private static bool _isHeld; // the finalizer thread, by the sentinel
    private static Sentinel.Events _sentinel = new();

    /// <summary>Begins a section, which ends when the result is disposed. Sections of several threads may overlap; none belongs to a thread.</summary>
    public static IDisposable Close()
    {
        lock (Sync)
        {
            if (_sections++ == 0)
                Hold();
        }

        return new Section();
    }

    /// <summary>
    /// Lets the finalizers that wait run, within the caller's section and between two operators: what they free lies about in the heap until then. Does nothing
    /// while another section is open too.
    /// </summary>
    public static void CatchUp()
    {
        lock (Sync)
        {
            if (_sections != 1 || !_isHeld)
                return;
            _sentinel.Opened.Set();
            _isHeld = Task.Run(GC.WaitForPendingFinalizers).Wait(Patience);
            if (_isHeld)
                Hold();
        }
    }

    private static void Hold()
    {
        _sentinel = new Sentinel.Events();
        LetSentinelDie(_sentinel);
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        _isHeld = _sentinel.Reached.Wait(Patience);
    }

    // A method of its own, so that no register still holds the sentinel when the collection comes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetSentinelDie(Sentinel.Events events) => _ = new Sentinel(events);

    private static void Open()
    {
        lock (Sync)
        {
            if (--_sections == 0)
                _sentinel.Opened.Set();
        }
    }

    private sealed class Sentinel(Sentinel.Events events)
    {
        ~Sentinel()
        {
            events.Reached.Set();
            events.Opened.Wait();
        }

        // Each sentinel has its own: one that wakes late must not miss that its section is over.
        public sealed record Events
        {
            public ManualResetEventSlim Reached { get; } = new();

            public ManualResetEventSlim Opened { get; } = new();
        }
    }

    private sealed class Section : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                Open();
        }
    }
}
