namespace Distributed.Worker.Tests;

/// <summary>Limits of waits for things that do happen.</summary>
internal static class Wait
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    public static CancellationToken Token => TestContext.Current.CancellationToken;
}
