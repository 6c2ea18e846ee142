using Distributed.Training.Runtime;

[assembly: AssemblyFixture(typeof(Distributed.Worker.Tests.TorchFixture))]

namespace Distributed.Worker.Tests;

/// <summary>libtorch, which checkpoints are written through; loaded before the first test.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => TorchRuntime.Initialize(threads: 1);
}
