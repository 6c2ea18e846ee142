using System.CommandLine;

namespace Distributed.Coordinator.Hosting;

/// <summary>The options of the coordinator's program.</summary>
internal static class CommandLine
{
    private static readonly Option<string> Job = new("--job") { Description = "The job file.", Required = true };
    private static readonly Option<int?> Workers = new("--workers") { Description = "Workers that take part. Default: what the job says." };
    private static readonly Option<int> MinWorkers = new("--min-workers")
    {
        Description = "Fewest workers that training goes on with.", DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "Where workers reach the coordinator: http://127.0.0.1:PORT, port 0 for any free one.",
        DefaultValueFactory = _ => "http://127.0.0.1:0",
    };

    private static readonly Option<string> Status = new("--status")
    {
        Description = "Where the status page, /api/status and /health are served.", DefaultValueFactory = _ => "http://127.0.0.1:0",
    };

    private static readonly Option<bool> Fresh = new("--fresh")
    {
        Description = "Delete the journal and the checkpoints of an earlier run in the output folder first.",
    };

    private static readonly Option<bool> Lifeline = new("--lifeline")
    {
        Description = "End when standard input closes, stop cleanly at the line \"stop\" on it, leave SIGINT to whoever started this.",
    };

    /// <summary>Parses the arguments and runs, or says what is wrong with them.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> InvokeAsync(string[] args, Func<CoordinatorArguments, Task<int>> run)
    {
        var command = new RootCommand("Coordinates the workers of one training run.") { Job, Workers, MinWorkers, Listen, Status, Fresh, Lifeline };
        command.SetAction((parsed, _) => run(Read(parsed)));
        var result = command.Parse(args);
        foreach (var error in result.Errors)
            await Console.Error.WriteLineAsync(error.Message);
        return result.Errors.Count > 0
            ? Runs.ExitCodes.BadInput
            : await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static CoordinatorArguments Read(ParseResult parsed) => new()
    {
        JobFile = parsed.GetValue(Job)!,
        Workers = parsed.GetValue(Workers),
        MinWorkers = parsed.GetValue(MinWorkers),
        Listen = LoopbackAddress.Parse("--listen", parsed.GetValue(Listen)!),
        Status = LoopbackAddress.Parse("--status", parsed.GetValue(Status)!),
        IsFresh = parsed.GetValue(Fresh),
        HasLifeline = parsed.GetValue(Lifeline),
    };
}
