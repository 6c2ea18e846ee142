using System.Runtime.CompilerServices;
using Distributed.Training.Runtime;

namespace Distributed.Training.Tests.Runtime;

public sealed class FinalizerGateTests
{
    [Fact]
    public void Close_NoFinalizerRunsUntilDisposed()
    {
        var wasFinalized = new StrongBox<bool>();

        using (FinalizerGate.Close()) // within the one of the whole assembly, as sections of several threads
        {
            LetOneDie(wasFinalized);
            GC.Collect();
            GC.Collect();
        }

        Assert.False(Volatile.Read(ref wasFinalized.Value));
    }

    [Fact]
    public void CatchUp_WhileAnotherSectionIsOpen_LetsNoFinalizerRun()
    {
        var wasFinalized = new StrongBox<bool>();

        using (FinalizerGate.Close())
        {
            LetOneDie(wasFinalized);
            GC.Collect();
            FinalizerGate.CatchUp();
        }

        Assert.False(Volatile.Read(ref wasFinalized.Value));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetOneDie(StrongBox<bool> wasFinalized) => _ = new Mortal(wasFinalized);

    private sealed class Mortal(StrongBox<bool> wasFinalized)
    {
        ~Mortal() => Volatile.Write(ref wasFinalized.Value, true);
    }
}
