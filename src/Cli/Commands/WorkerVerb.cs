using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Distributed.Cli.Launching;

namespace Distributed.Cli.Commands;

/// <summary>
/// `distributed evaluate`, `distributed check-loss`, `distributed merge` and, by a single process, `distributed encode`: the worker program does them, with the same
/// arguments and the same streams. It also has the help of the verbs whose work <see cref="GroupVerb"/> shares out, which is asked first.
/// </summary>
internal static class WorkerVerb
{
    private const string EncodeName = GroupVerb.EncodeName;
    private const string EvaluateName = "evaluate";
    private const string CheckLossName = "check-loss";
    private const string MergeName = "merge";
    private const string ProgramName = "Distributed.Worker ";
    private const string OwnName = "distributed ";

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    /// <summary>The verbs, for the list in `distributed --help`. Their arguments, --help among them, are the worker program's.</summary>
    public static IEnumerable<Command> List() =>
    [
        new(EncodeName, "Turns texts into embeddings with a trained model."),
        new(EvaluateName, "Scores a model on held-out queries."),
        new(CheckLossName, "Tries the losses of a job on random batches: are their gradients right?"),
        new(MergeName, "Adds a LoRA adapter to the weights of its base model."),
        new(GroupVerb.MineName, "Adds hard negatives to pairs with a trained model."),
    ];

    /// <summary>Whether a command line is for the worker program.</summary>
    public static bool Takes(string[] args) => args is [EncodeName or EvaluateName or CheckLossName or MergeName, ..] || (args is [GroupVerb.MineName, ..] && AsksForHelp(args));

    /// <summary>Whether a command line asks what a verb does.</summary>
    public static bool AsksForHelp(string[] args) => args.TakeWhile(word => word != "--").Any(word => word is "--help" or "-h" or "-?");

    /// <summary>Runs the worker program. SIGINT and SIGTERM are passed on; it is killed when it has not ended 5 s later.</summary>
    public static async Task<int> RunAsync(string programFolder, string[] args, TextWriter output, TextWriter error, TimeProvider time)
    {
        try
        {
            var asked = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var interrupt = Catch(PosixSignal.SIGINT, ProcessSignal.Interrupt, asked);
            using var terminate = Catch(PosixSignal.SIGTERM, ProcessSignal.Terminate, asked);
            var command = ProgramLocator.Find(programFolder, "Worker").With(args);
            var isHelp = AsksForHelp(args);
            using var process = Process.Start(new ProcessStartInfo(command.File, command.Arguments) { UseShellExecute = false, RedirectStandardOutput = isHelp })
                ?? throw new Win32Exception($"{command.File} did not start");
            var help = isHelp ? process.StandardOutput.ReadToEndAsync(CancellationToken.None) : null;
            await EndAsync(process, asked.Task, time);
            if (help is not null)
                await output.WriteAsync(Help(await help, args[0]));
            return process.ExitCode;
        }
        catch (Exception e) when (e is Win32Exception or ProgramMissingException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static PosixSignalRegistration Catch(PosixSignal signal, int number, TaskCompletionSource<int> asked)
        => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            asked.TrySetResult(number);
        });

    private static async Task EndAsync(Process process, Task<int> asked, TimeProvider time)
    {
        var ended = process.WaitForExitAsync(CancellationToken.None);
        if (await Task.WhenAny(ended, asked) != ended)
        {
            ProcessSignal.Send(process.Id, await asked);
            if (await Task.WhenAny(ended, Task.Delay(EndLimit, time, CancellationToken.None)) != ended)
                process.Kill();
        }

        await ended;
    }

    /// <summary>The worker program's help in the words that the user types.</summary>
    private static string Help(string text, string verb)
        => $"{text.Replace(ProgramName, OwnName, StringComparison.Ordinal).TrimEnd()}\n\nExample:\n  {Example(verb)}\n";

    private static string Example(string verb) => verb switch
    {
        EncodeName => "distributed encode --model runs/job/model --input texts.txt --output embeddings.npy",
        CheckLossName => "distributed check-loss job.yaml",
        MergeName => "distributed merge --model models/all-MiniLM-L6-v2 --adapter runs/job/model --output models/merged",
        EvaluateName => "distributed evaluate --model runs/job/model --job job.yaml",
        _ => "distributed mine --model runs/job/model --pairs pairs.jsonl --output mined.jsonl --negatives 5 --relative-margin 0.05",
    };
}
