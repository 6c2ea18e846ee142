using System.CommandLine;
using Distributed.Data.Reading;
using Distributed.Hub;
using Distributed.Jobs;
using Distributed.Training.Collectives;
using Distributed.Training.Inference;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Verbs;

/// <summary>Ends a verb with one line on standard error: exit code 2 for everything that its user can mend, 1 for the loss of another process that shares it; silently where nobody reads on.</summary>
internal static class VerbErrors
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadInput = 2;
    private const int Interrupted = 130;
    private const int ReaderGone = 128 + 13; // what shells say of programs that SIGPIPE ends

    /// <summary>Sets what the command does.</summary>
    public static void SetVerb(this Command command, Func<ParseResult, CancellationToken, Task> run) =>
        command.SetVerb(async (arguments, cancellationToken) =>
        {
            await run(arguments, cancellationToken);
            return Done;
        });

    /// <summary>Sets what the command does, with the exit code it returns.</summary>
    public static void SetVerb(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((arguments, cancellationToken) => RunAsync(() => run(arguments, cancellationToken), arguments.InvocationConfiguration.Error));

    private static async Task<int> RunAsync(Func<Task<int>> run, TextWriter error)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (ReaderGoneException)
        {
            return ReaderGone;
        }
        catch (CollectiveAbortedException exception)
        {
            await error.WriteLineAsync($"error: {exception.Reason.ReplaceLineEndings(" ")}");
            return Failed;
        }
        catch (Exception exception) when (Lines(exception) is { } lines)
        {
            foreach (var line in lines)
                await error.WriteLineAsync($"error: {line}");
            return BadInput;
        }
    }

    // Null: not the user's to mend.
    private static string[]? Lines(Exception exception) => exception switch
    {
        JobFileException job => job.Message.Split('\n'),
        VerbException or HubException or EmbeddingNotFiniteException or DataFormatException or ModelFormatException or LossException or TorchRuntimeException or IOException or InvalidDataException or UnauthorizedAccessException
            => [exception.Message.ReplaceLineEndings(" ")],
        _ => null,
    };
}
