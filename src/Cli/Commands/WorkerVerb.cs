using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Distributed.Cli.Launching;

namespace Distributed.Cli.Commands;

/// <summary>`distributed encode` and `distributed evaluate`: the worker program does them, with the same arguments and the same streams.</summary>
internal static partial class WorkerVerb
{
    /// <summary>`encode`.</summary>
    public static Command Encode(string programFolder) => Create(
        programFolder,
        "encode",
        """
        Turns texts into embeddings with a trained model. `distributed encode --help` lists its options.

        Example:
          distributed encode --model runs/wordnet/model --input texts.txt --output embeddings.npy
        """);

    /// <summary>`evaluate`.</summary>
    public static Command Evaluate(string programFolder) => Create(
        programFolder,
        "evaluate",
        """
        Scores a model on the held-out retrieval task of a job. `distributed evaluate --help` lists its options.

        Example:
          distributed evaluate --model runs/wordnet/model --job jobs/wordnet.yaml
        """);

    private static Command Create(string programFolder, string verb, string description)
    {
        var command = new Command(verb, description) { TreatUnmatchedTokensAsErrors = false };
        // --help belongs to the worker program, which knows the options.
        var arguments = new Argument<string[]>("ARGUMENTS") { Description = "Passed on as they are.", Arity = ArgumentArity.ZeroOrMore, CaptureRemainingTokens = true };
        command.Add(arguments);
        command.SetAction((parsed, _) => RunAsync(programFolder, verb, parsed.GetValue(arguments) ?? [], parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>Runs the worker program. Ctrl-C reaches it directly, being in the same process group; SIGTERM is passed on.</summary>
    private static async Task<int> RunAsync(string programFolder, string verb, string[] arguments, TextWriter error)
    {
        try
        {
            var command = ProgramLocator.Find(programFolder, "Worker").With([verb, .. arguments]);
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

    private const int Sigterm = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
