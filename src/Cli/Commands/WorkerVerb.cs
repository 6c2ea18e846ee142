using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Distributed.Cli.Launching;

namespace Distributed.Cli.Commands;

/// <summary>`distributed encode` and `distributed evaluate`: the worker program does them, with the same arguments and the same streams.</summary>
internal static partial class WorkerVerb
{
    private const string EncodeName = "encode";
    private const string EvaluateName = "evaluate";
    private const int Sigterm = 15;

    /// <summary>The verbs, for the list in `distributed --help`. Their arguments, --help among them, are the worker program's.</summary>
    public static IEnumerable<Command> List() =>
    [
        new(EncodeName, "Turns texts into embeddings with a trained model."),
        new(EvaluateName, "Scores a model on held-out queries."),
    ];

    /// <summary>Whether a command line is for the worker program.</summary>
    public static bool Takes(string[] args) => args is [EncodeName or EvaluateName, ..];

    /// <summary>Runs the worker program. Ctrl-C reaches it directly, being in the same process group; SIGTERM is passed on.</summary>
    public static async Task<int> RunAsync(string programFolder, string[] args, TextWriter error)
    {
        try
        {
            var command = ProgramLocator.Find(programFolder, "Worker").With(args);
            using var process = Process.Start(new ProcessStartInfo(command.File, command.Arguments) { UseShellExecute = false })
                ?? throw new Win32Exception($"{command.File} did not start");
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                _ = SendSignal(process.Id, Sigterm);
            });
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
