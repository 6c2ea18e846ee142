using System.Runtime.CompilerServices;
using Distributed.Training.Runtime;

namespace Distributed.Training.Tests.Losses;

/// <summary>Libtorch is up before any test, with one thread.</summary>
internal static class TorchStart
{
    [ModuleInitializer]
    internal static void Initialize() => TorchRuntime.Initialize(threads: 1);
}
