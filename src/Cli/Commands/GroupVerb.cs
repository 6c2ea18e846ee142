using System.CommandLine;
using System.ComponentModel;
using Distributed.Cli.Launching;

namespace Distributed.Cli.Commands;

/// <summary>`distributed mine` and `distributed encode`: several processes of the worker program do it, with the same arguments.</summary>
internal static class GroupVerb
{
    /// <summary>Name of a verb that is always shared.</summary>
    public const string MineName = "mine";

    /// <summary>Name of a verb that is shared where texts come from a file and go to one.</summary>
    public const string EncodeName = "encode";

    private const string Console = "-";
    private const int DefaultWorkers = 2;
    private const int MostWorkers = 256;

    /// <summary>Whether a command line is for the worker program, shared by several processes.</summary>
    public static bool Takes(string[] args) => args switch
    {
        _ when WorkerVerb.AsksForHelp(args) => false,
        [MineName, ..] => true,
        [EncodeName, ..] => IsShared(args),
        _ => false,
    };

    // Standard input is read once, and a single text is not worth a second process.
    private static bool IsShared(string[] args)
    {
        var workers = new Option<int?>("--workers");
        var (input, output) = (new Option<string?>("--input"), new Option<string?>("--output"));
        var parsed = new Command(EncodeName) { Options = { workers, input, output }, TreatUnmatchedTokensAsErrors = false }.Parse(args[1..]);
        if (parsed.Errors.Count > 0)
            return true; // which says what is wrong
        return parsed.GetValue(workers) is { } count ? count != 1 : parsed.GetValue(input) is not (null or Console) && parsed.GetValue(output) is not (null or Console);
    }

    /// <summary>Runs it; the exit code. A first Ctrl-C or SIGTERM ends it and leaves no file, a second ends it at once.</summary>
    public static async Task<int> RunAsync(string programFolder, string[] args, TextWriter output, TextWriter error, TimeProvider time)
    {
        var workers = new Option<int>("--workers") { DefaultValueFactory = _ => DefaultWorkers };
        var parsed = new Command(args[0]) { Options = { workers }, TreatUnmatchedTokensAsErrors = false }.Parse(args[1..]);
        if (parsed.Errors.Count > 0 || parsed.GetValue(workers) is < 1 or > MostWorkers)
        {
            await error.WriteLineAsync($"error: --workers: expected a whole number from 1 to {MostWorkers}.");
            return ExitCodes.Refused;
        }

        try
        {
            using var stop = StopRequests.FromSignals();
            using var watching = new CancellationTokenSource();
            var parent = ParentWatch.RunAsync(stop, time, watching.Token);
            var group = new WorkerGroup(ProgramLocator.Find(programFolder, "Worker"), args[0], [.. args.Skip(1)], parsed.GetValue(workers), output, error, time);
            var exitCode = await group.RunAsync(stop);
            await watching.CancelAsync();
            await parent;
            return exitCode;
        }
        catch (Exception e) when (e is Win32Exception or ProgramMissingException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"error: the temporary folder cannot be used: {e.Message}");
            return ExitCodes.Failed;
        }
    }
}
