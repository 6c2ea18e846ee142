using System.Runtime.CompilerServices;
using Distributed.Training.Runtime;

namespace Distributed.Integration.Tests;

/// <summary>In this assembly, since no section of another test is ever open in its process.</summary>
public sealed class FinalizerGateTests
{
    [Fact]
    public void CatchUp_LetsFinalizersRunAndHoldsThemAgain()
    {
        var (before, after) = (new StrongBox<bool>(), new StrongBox<bool>());

        using (FinalizerGate.Close())
        {
            LetOneDie(before);
            GC.Collect();
            Assert.False(IsFinalizedSoon(before));

            FinalizerGate.CatchUp();
            LetOneDie(after);
            GC.Collect();

            Assert.True(Volatile.Read(ref before.Value));
            Assert.False(IsFinalizedSoon(after));
        }
    }

    // A finalizer that nothing holds runs within microseconds.
    private static bool IsFinalizedSoon(StrongBox<bool> wasFinalized) => SpinWait.SpinUntil(() => Volatile.Read(ref wasFinalized.Value), millisecondsTimeout: 200);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetOneDie(StrongBox<bool> wasFinalized) => _ = new Mortal(wasFinalized);

    private sealed class Mortal(StrongBox<bool> wasFinalized)
    {
        ~Mortal() => Volatile.Write(ref wasFinalized.Value, true);
    }
}
