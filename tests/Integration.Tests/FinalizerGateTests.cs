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
            Assert.False(Volatile.Read(ref before.Value));

            FinalizerGate.CatchUp();
            LetOneDie(after);
            GC.Collect();

            Assert.True(Volatile.Read(ref before.Value));
            Assert.False(Volatile.Read(ref after.Value));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetOneDie(StrongBox<bool> wasFinalized) => _ = new Mortal(wasFinalized);

    private sealed class Mortal(StrongBox<bool> wasFinalized)
    {
        ~Mortal() => Volatile.Write(ref wasFinalized.Value, true);
    }
}
