using Distributed.Training.Runtime;

namespace Distributed.Testing;

/// <summary>libtorch, loaded once for a test assembly: [assembly: AssemblyFixture(typeof(TorchFixture))]. One thread, as results depend on it.</summary>
public sealed class TorchFixture : IDisposable
{
    // Tests call losses and encoders by themselves, on many threads: no finalizer runs beside any of them.
    private readonly IDisposable _numerics;

    /// <summary>Loads it.</summary>
    public TorchFixture()
    {
        TorchRuntime.Initialize(threads: 1);
        _numerics = FinalizerGate.Close();
    }

    /// <inheritdoc/>
    public void Dispose() => _numerics.Dispose();
}
