using System.Runtime.InteropServices;

namespace Distributed.Cli.Launching;

/// <summary>Signals to other processes.</summary>
internal static partial class ProcessSignal
{
    /// <summary>SIGINT's number.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGTERM's number.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal; nothing happens when the process is gone.</summary>
    public static void Send(int pid, int signal) => _ = Kill(pid, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
