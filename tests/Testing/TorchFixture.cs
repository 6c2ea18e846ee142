using Distributed.Training.Runtime;

namespace Distributed.Testing;

/// <summary>libtorch, loaded once for a test assembly: [assembly: AssemblyFixture(typeof(TorchFixture))]. One thread, as results depend on it.</summary>
public sealed class TorchFixture
{
    /// <summary>Loads it.</summary>
    public TorchFixture() => TorchRuntime.Initialize(threads: 1);
}
