using System.Runtime.InteropServices;
using Distributed.Worker.Hosting;

namespace Distributed.Worker.Tests.Hosting;

public sealed class LifelineTests
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGINT, 130)]
    public void Receive_Signal_EndsWithItsExitCode(PosixSignal signal, int exitCode)
    {
        using var lifeline = Lifeline.Attach(hasLifeline: false);
        Assert.Null(lifeline.Signal);
        var context = new PosixSignalContext(signal);

        lifeline.Receive(context);

        Assert.True(context.Cancel);
        Assert.True(lifeline.Ended.IsCancellationRequested);
        Assert.Equal((signal, exitCode), (lifeline.Signal, lifeline.ExitCode));
    }
}
