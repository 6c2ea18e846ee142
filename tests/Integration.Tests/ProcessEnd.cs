using System.Diagnostics;

namespace Distributed.Integration.Tests;

/// <summary>Waits for the end of a process that is nobody's child here.</summary>
internal static class ProcessEnd
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task OfAsync(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            using var limit = new CancellationTokenSource(Limit);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (ArgumentException)
        {
            // It is gone already.
        }
    }
}
