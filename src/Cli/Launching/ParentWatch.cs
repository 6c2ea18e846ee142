using System.Runtime.InteropServices;

namespace Distributed.Cli.Launching;

/// <summary>Ends the run when the `dotnet run` that started this program is killed: it holds no pipe to its child that would tell.</summary>
/// <remarks>Any other parent may go: `nohup` and `disown` are meant to leave this program running.</remarks>
internal static partial class ParentWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Watches until it is cancelled.</summary>
    public static async Task RunAsync(StopRequests stop, TimeProvider time, CancellationToken cancellationToken)
    {
        var parent = ParentId();
        if (!IsDotnetRun(parent))
            return;
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (ParentId() == parent)
                await timer.WaitForNextTickAsync(cancellationToken);
            stop.RequestAtOnce();
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private static bool IsDotnetRun(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0') is [var program, "run", ..] && Path.GetFileName(program) == "dotnet";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // no /proc here
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentId();
}
